// What a click will do, shown before the service confirms it.
//
// A pending move lies over the live state and never changes it. It goes when the live state shows
// the move (or that it was overtaken), when the service refuses it, or when nothing confirms it.
import type { Conversation, Leg, Me, Segment, Status } from "../api/types";
import { consultedOn, inHandOf, offeredTo, openWrapUpOf } from "./conversation";

export type MoveName =
  | "accept"
  | "reject"
  | "end"
  | "requeue"
  | "handBack"
  | "transfer"
  | "consult"
  | "swap"
  | "complete"
  | "cancelConsult"
  | "hold"
  | "unhold"
  | "mute"
  | "unmute"
  | "wrapUp";

export interface PendingMove {
  readonly name: MoveName;
  readonly conversationId: string;
  /** The offer's attempt: the same conversation can be offered to me again later. */
  readonly attempt: number | null;
  /** Since when the consult was as it was: a swap is over once that changed. */
  readonly consult: string | null;
  readonly at: number;
}

/** By `keyOf`: one at a time of those that exclude each other. */
export type PendingMoves = ReadonlyMap<string, PendingMove>;

/** Hold and mute may be under way beside each other, and beside whatever ends the talk. */
export function keyOf(name: MoveName, conversationId: string): string {
  if (name === "hold" || name === "unhold") return `${conversationId} held`;
  if (name === "mute" || name === "unmute") return `${conversationId} muted`;
  return conversationId;
}

export function pendingMove(name: MoveName, conversation: Conversation, at: number): PendingMove {
  const attempt = conversation.offer?.attempt ?? null;
  const consult = conversation.consult?.since ?? null;
  return { name, conversationId: conversation.id, attempt, consult, at };
}

/** Whether the live state already shows the move, or is past it. */
export function settled(
  move: PendingMove,
  conversation: Conversation | undefined,
  me: string,
): boolean {
  switch (move.name) {
    case "accept":
    case "reject":
      return (
        !offeredTo(conversation, me) || (conversation?.offer?.attempt ?? null) !== move.attempt
      );
    case "end":
      return !inHandOf(conversation, me) && !consultedOn(conversation, me);
    case "requeue":
    case "handBack":
    case "transfer":
    case "complete":
      return !inHandOf(conversation, me);
    case "consult":
      return !inHandOf(conversation, me) || Boolean(conversation?.consult);
    case "swap":
    case "cancelConsult":
      return (conversation?.consult?.since ?? null) !== move.consult;
    case "hold":
    case "unhold":
      return !inHandOf(conversation, me) || conversation?.held === (move.name === "hold");
    case "mute":
    case "unmute":
      return !inHandOf(conversation, me) || conversation?.muted === (move.name === "mute");
    case "wrapUp":
      return !openWrapUpOf(conversation, me);
  }
}

/** The conversation as it will be; null when it leaves my list. */
export function expected(
  conversation: Conversation,
  move: PendingMove,
  me: Me,
): Conversation | null {
  switch (move.name) {
    case "accept":
      if (conversation.consult) {
        const consult = { ...conversation.consult, state: "talking" as const, agent: me };
        return { ...conversation, consult, offer: null };
      }
      return { ...conversation, state: "active", agent: me, offer: null };
    case "end":
      if (consultedOn(conversation, me.id)) return null;
      return { ...conversation, state: "wrap_up", segments: ended(conversation, me, move) };
    case "consult":
      return { ...conversation, held: true };
    case "swap":
      return swapped(conversation);
    case "cancelConsult":
      return { ...conversation, held: false, consult: null };
    case "complete":
      return {
        ...conversation,
        agent: conversation.consult?.agent ?? null,
        held: false,
        consult: null,
        segments: ended(conversation, me, move),
      };
    case "transfer":
      return {
        ...conversation,
        state: "queued",
        agent: null,
        held: false,
        muted: false,
        segments: ended(conversation, me, move),
      };
    case "hold":
    case "unhold":
      return { ...conversation, held: move.name === "hold" };
    case "mute":
    case "unmute":
      return { ...conversation, muted: move.name === "mute" };
    case "reject":
    case "requeue":
    case "handBack":
    case "wrapUp":
      return null;
  }
}

function swapped(conversation: Conversation): Conversation {
  const { consult } = conversation;
  if (!consult) return conversation;
  const talking = consult.state === "swapped";
  const state = talking ? ("talking" as const) : ("swapped" as const);
  return { ...conversation, held: talking, consult: { ...consult, state } };
}

function ended(conversation: Conversation, me: Me, move: PendingMove): readonly Segment[] {
  const to = new Date(move.at).toISOString();
  const by = move.name === "end" ? "agent" : "transfer";
  return conversation.segments.map((segment) =>
    segment.agent.id === me.id && segment.to === null
      ? { ...segment, to, ended_by: by, wrap_up: "open" }
      : segment,
  );
}

/** The live conversations with all pending moves laid over them; the same map if there are none. */
export function overlay(
  live: ReadonlyMap<string, Conversation>,
  moves: PendingMoves,
  me: Me | null,
): ReadonlyMap<string, Conversation> {
  if (me === null || moves.size === 0) return live;
  const seen = new Map(live);
  for (const move of moves.values()) {
    const conversation = seen.get(move.conversationId);
    if (!conversation || settled(move, live.get(conversation.id), me.id)) continue;
    const next = expected(conversation, move, me);
    if (next) seen.set(next.id, next);
    else seen.delete(conversation.id);
  }
  return seen;
}

/** Only the moves that the live state does not show yet; the same map if that is all of them. */
export function unsettled(
  moves: PendingMoves,
  live: ReadonlyMap<string, Conversation>,
  me: string,
): PendingMoves {
  const left = [...moves].filter(
    ([, move]) => !settled(move, live.get(move.conversationId), me),
  );
  return left.length === moves.size ? moves : new Map(left);
}

export interface PendingStatus {
  readonly status: Status;
  readonly when: "now" | "after_current";
}

/** Whether the status that was asked for is there, or stands as the one to come. */
export function statusSettled(pending: PendingStatus, me: Me): boolean {
  return me.status === pending.status || me.status_pending === pending.status;
}

export interface PendingLeg {
  readonly wish: "connect" | "disconnect";
  /** The leg as it was at the click. */
  readonly before: Leg;
}

/** Whether the leg says anything new since the click: "dialling", a fault, or the wish itself. */
export function legSettled({ before }: PendingLeg, { leg }: Me): boolean {
  return leg.state !== before.state || leg.detail !== before.detail;
}
