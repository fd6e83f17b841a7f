// The four sections of the list, each in its own order.
import type { Conversation, Me } from "../api/types";
import { inHandOf, offeredTo, openWrapUpOf } from "../live/conversation";

export interface Sections {
  readonly offered: readonly Conversation[];
  readonly mine: readonly Conversation[];
  readonly wrapUps: readonly Conversation[];
  readonly waiting: readonly Conversation[];
}

export function sections(all: ReadonlyMap<string, Conversation>, me: Me): Sections {
  const list = [...all.values()];
  const skills = new Set(me.skills.map((skill) => skill.name));
  return {
    offered: list.filter((each) => offeredTo(each, me.id)).sort(byDeadline),
    mine: list.filter((each) => inHandOf(each, me.id)).sort(oldestFirst),
    wrapUps: list.filter((each) => openWrapUpOf(each, me.id)).sort(oldestFirst),
    waiting: list.filter((each) => waitsFor(each, me.id, skills)).sort(inTurn),
  };
}

/** A supervisor's events bring every conversation; the list shows what their own skills serve. */
function waitsFor(
  { state, routed_to, skills }: Conversation,
  agentId: string,
  mine: ReadonlySet<string>,
): boolean {
  if (state !== "queued") return false;
  return routed_to ? routed_to.id === agentId : skills.every((skill) => mine.has(skill));
}

const time = (instant: string | null | undefined): number => (instant ? Date.parse(instant) : 0);

const oldestFirst = (a: Conversation, b: Conversation): number =>
  time(a.queued_at) - time(b.queued_at) || a.id.localeCompare(b.id);

/** Milliseconds that one step of priority is worth (DESIGN 4, the default head start). */
const HEAD_START = 60_000;

const rank = (each: Conversation): number => time(each.queued_at) - each.priority * HEAD_START;

/** The order in which the distributor serves them. */
const inTurn = (a: Conversation, b: Conversation): number =>
  rank(a) - rank(b) || a.id.localeCompare(b.id);

const byDeadline = (a: Conversation, b: Conversation): number =>
  time(a.offer?.expires_at) - time(b.offer?.expires_at) || a.id.localeCompare(b.id);

/**
 * The conversation the panel shows: the one that was chosen while it lasts, else what I talk to,
 * what is offered, what I still write about.
 */
export function shown(
  chosen: string | null,
  all: ReadonlyMap<string, Conversation>,
  { mine, offered, wrapUps }: Sections,
): Conversation | undefined {
  const kept = chosen === null ? undefined : all.get(chosen);
  return kept ?? mine[0] ?? offered[0] ?? wrapUps[0];
}
