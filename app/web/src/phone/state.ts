// The phone in this tab as a pure machine: what it is, what happens to it, and what to do next.
//
//   tab    whether this tab has the agent's phone: one tab at a time has it
//   line   the SIP connection; `broken` means that it is coming back by itself
//   call   the leg: rung, being answered, up
//
// `decide` compares what is wanted with what is there and names what is missing, as often as it is
// asked: the same function serves a click, a reload, a wake-up, a late event and a repeated one.
// An event that the tables do not allow changes nothing: it came late.
import type { Audio, LegKind, LegState } from "../api/types";

export type Tab = "none" | "taking" | "here" | "elsewhere";
export type Line = "closed" | "opening" | "open" | "broken";
export type Call = "none" | "ringing" | "answering" | "up";
export type PhoneProblem = "insecure" | "denied" | "missing" | "busy" | "blocked" | "failed";

export interface PhoneState {
  /** The agent chose the headset in this tab. */
  readonly wanted: boolean;
  readonly tab: Tab;
  readonly line: Line;
  readonly call: Call;
  /** The service has shown this call as the leg (or as its talk): when it shows the end, it is. */
  readonly served: boolean;
  readonly problem: PhoneProblem | null;
}

export const OFF: PhoneState = {
  wanted: false,
  tab: "none",
  line: "closed",
  call: "none",
  served: false,
  problem: null,
};

const TAB = {
  none: { take: "taking", occupied: "elsewhere" },
  taking: { taken: "here", occupied: "elsewhere" },
  here: { occupied: "elsewhere", free: "none" },
  elsewhere: { take: "taking", free: "none" },
} as const satisfies Table<Tab>;

const LINE = {
  closed: { open: "opening" },
  opening: { registered: "open", down: "broken", close: "closed" },
  open: { down: "broken", registered: "open", close: "closed" },
  broken: { registered: "open", close: "closed" },
} as const satisfies Table<Line>;

const CALL = {
  none: { rings: "ringing" },
  ringing: { rings: "ringing", answer: "answering", ended: "none" },
  answering: { rings: "ringing", up: "up", ended: "none" },
  up: { rings: "ringing", ended: "none" },
} as const satisfies Table<Call>;

type Table<State extends string> = Record<State, Readonly<Record<string, State>>>;
type NamesOf<T> = T extends Readonly<Record<string, infer Row>>
  ? Row extends unknown
    ? keyof Row
    : never
  : never;
export type TabEvent = NamesOf<typeof TAB>;
export type LineEvent = NamesOf<typeof LINE>;
export type CallEvent = NamesOf<typeof CALL>;

export type PhoneEvent =
  | { readonly of: "wish"; readonly on: boolean }
  | { readonly of: "tab"; readonly name: TabEvent }
  | { readonly of: "line"; readonly name: LineEvent }
  | { readonly of: "call"; readonly name: CallEvent }
  | { readonly of: "seen"; readonly seen: Seen }
  | { readonly of: "problem"; readonly problem: PhoneProblem | null };

/** What the service says of my leg. */
export interface Seen {
  readonly audio: Audio;
  readonly kind: LegKind;
  readonly leg: LegState;
  readonly dialling: boolean;
  /** I have a call in hand. */
  readonly talking: boolean;
}

function after<State extends string>(table: Table<State>, state: State, event: string): State {
  return table[state][event] ?? state;
}

export function next(state: PhoneState, event: PhoneEvent): PhoneState {
  switch (event.of) {
    case "wish":
      return { ...state, wanted: event.on, problem: null };
    case "tab": {
      const tab = after<Tab>(TAB, state.tab, event.name);
      return tab === "elsewhere" ? { ...state, tab, wanted: false } : { ...state, tab };
    }
    case "line": {
      const line = after<Line>(LINE, state.line, event.name);
      return line === "closed" ? { ...state, line, call: "none", served: false } : { ...state, line };
    }
    case "call": {
      const call = after<Call>(CALL, state.call, event.name);
      return call === "up" ? { ...state, call } : { ...state, call, served: false };
    }
    case "seen":
      return state.call === "up" && shows(event.seen) ? { ...state, served: true } : state;
    case "problem":
      return { ...state, problem: event.problem };
  }
}

/** Whether the service has a leg of mine, or the talk that a phone rung per call is for. */
function shows(seen: Seen): boolean {
  return seen.kind === "persistent" ? seen.leg !== "disconnected" : seen.talking;
}

export type Action = "take" | "open" | "close" | "answer" | "hangUp" | "connectLeg";

/** What is missing now. */
export function decide(state: PhoneState, seen: Seen | null): Action | null {
  if (!state.wanted) return state.line === "closed" && state.tab !== "here" ? null : "close";
  if (state.problem !== null && state.problem !== "blocked") return null;
  if (state.tab === "none" || state.tab === "elsewhere") return "take";
  if (state.tab !== "here" || seen === null) return null;
  if (state.line === "closed") return "open";
  if (state.call === "ringing") return answersItself(seen) ? "answer" : null;
  if (state.call === "up" && state.served && !shows(seen)) return "hangUp";
  const standing = seen.audio === "web" && (seen.leg !== "disconnected" || seen.dialling);
  return state.line === "open" && state.call === "none" && !standing ? "connectLeg" : null;
}

/** A leg that stays up is my own; one for each call is, once the call is mine already. */
function answersItself(seen: Seen): boolean {
  return seen.kind === "persistent" || seen.talking;
}
