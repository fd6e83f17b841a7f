// The agent's desk: the live state, what was clicked and not yet confirmed, and what went wrong.
// Components read `desk`; they act through `moves.ts`.
import { api, Problem } from "../api/client";
import type { Conversation, LiveEvent, Me } from "../api/types";
import { apply } from "./apply";
import { serverClock } from "./clock";
import {
  keyOf,
  legSettled,
  overlay,
  statusSettled,
  unsettled,
  type PendingLeg,
  type PendingMove,
  type PendingMoves,
  type PendingStatus,
} from "./optimism";
import { EventSocket, type Link } from "./socket";
import { EMPTY, type LiveState } from "./state";
import { Store } from "./store";

export interface Notice {
  readonly id: number;
  readonly text: string;
}

export interface Desk {
  readonly session: "unknown" | "out" | "in";
  /** The service did not say who is signed in; it is asked again. */
  readonly unanswered: boolean;
  readonly link: Link;
  readonly live: LiveState;
  readonly moves: PendingMoves;
  readonly status: PendingStatus | null;
  readonly leg: PendingLeg | null;
  readonly selected: string | null;
  readonly notices: readonly Notice[];
}

const FRESH: Desk = {
  session: "unknown",
  unanswered: false,
  link: { state: "connecting" },
  live: EMPTY,
  moves: new Map(),
  status: null,
  leg: null,
  selected: null,
  notices: [],
};

export const desk = new Store<Desk>(FRESH);

let lastSeen: {
  readonly from: readonly [LiveState["conversations"], PendingMoves, Me | null];
  readonly to: LiveState["conversations"];
} | null = null;

/** The conversations as the agent sees them, pending moves included. */
export function seenConversations(state: Desk): ReadonlyMap<string, Conversation> {
  const from = [state.live.conversations, state.moves, state.live.me] as const;
  if (!lastSeen?.from.every((part, index) => part === from[index])) {
    lastSeen = { from, to: overlay(...from) };
  }
  return lastSeen.to;
}

/** Milliseconds between two drawings while events come thick and fast. */
const FRAME = 16;

let arrived: LiveEvent[] = [];
let takenAt = 0;
let planned: number | undefined;

type Listener = (event: LiveEvent) => void;

const listeners: Listener[] = [];

/** Events as they come, before they are drawn (written messages). */
export function listenTo(listener: Listener): void {
  listeners.push(listener);
}

/** A single event shows at once; those of a burst are drawn together. */
function onEvent(event: LiveEvent): void {
  if (event.type === "snapshot") serverClock.restart();
  serverClock.observe(Date.parse(event.at), Date.now());
  for (const listener of listeners) listener(event);
  arrived.push(event);
  const wait = FRAME - (performance.now() - takenAt);
  // Timers of a hidden page run once a second: its title is to change at once all the same.
  if (wait <= 0 || document.hidden) takeArrived();
  else planned ??= window.setTimeout(takeArrived, wait);
}

function takeArrived(): void {
  window.clearTimeout(planned);
  planned = undefined;
  const events = arrived;
  if (events.length === 0) return;
  arrived = [];
  desk.update((state) => confirmed({ ...state, live: events.reduce(apply, state.live) }));
  takenAt = performance.now();
}

/** Drops what was pending and is now shown by the live state. */
function confirmed(state: Desk): Desk {
  const me = state.live.me;
  if (me === null) return state;
  const { status, leg } = state;
  return {
    ...state,
    moves: unsettled(state.moves, state.live.conversations, me.id),
    status: status && statusSettled(status, me) ? null : status,
    leg: leg && legSettled(leg, me) ? null : leg,
  };
}

const socket = new EventSocket({
  seq: () => {
    takeArrived();
    return desk.get().live.seq;
  },
  onEvent,
  onLink: (link) => desk.update((state) => ({ ...state, link })),
  onRefused: () => void checkSession(),
});

/** Asks who is signed in; opens the live line, or shows the sign-in page. */
export async function checkSession(): Promise<void> {
  try {
    const me = await api.me();
    enter(me);
  } catch (error) {
    if (error instanceof Problem && error.status === 401) leave();
    else if (desk.get().session === "unknown") askAgain();
  }
}

function askAgain(): void {
  desk.update((state) => ({ ...state, unanswered: true }));
  window.setTimeout(() => void checkSession(), 1_000);
}

function enter(me: Me): void {
  const state = desk.get();
  if (state.session === "in") return;
  desk.set({ ...state, session: "in", live: { ...state.live, me } });
  socket.start();
}

/** Forgets everything that was shown: the next person at this screen may be another. */
export function leave(): void {
  socket.stop();
  arrived = [];
  desk.set({ ...FRESH, session: "out" });
}

export function tryNow(): void {
  socket.tryNow();
}

export function addPending(move: PendingMove): void {
  desk.update((state) => ({
    ...state,
    moves: new Map(state.moves).set(keyOf(move.name, move.conversationId), move),
  }));
}

/** Takes a pending move away, if it is still the one that stands. */
export function dropPending(move: PendingMove): void {
  desk.update((state) => {
    const key = keyOf(move.name, move.conversationId);
    if (state.moves.get(key) !== move) return state;
    const moves = new Map(state.moves);
    moves.delete(key);
    return { ...state, moves };
  });
}

let notices = 0;

/** Shows a sentence for some seconds; reading time grows with its length. */
export function notify(text: string): void {
  notices += 1;
  const notice = { id: notices, text };
  desk.update((state) => ({ ...state, notices: [...state.notices.slice(-2), notice] }));
  window.setTimeout(() => dismiss(notice.id), 6_000 + text.length * 40);
}

export function dismiss(id: number): void {
  desk.update((state) => ({
    ...state,
    notices: state.notices.filter((notice) => notice.id !== id),
  }));
}

export function select(id: string | null): void {
  desk.update((state) => ({ ...state, selected: id }));
}
