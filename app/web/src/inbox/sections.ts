// The four sections of the list, each in its own order.
import type { Conversation, Me } from "../api/types";
import { consultedOn, inHandOf, offeredTo, openWrapUpOf } from "../live/conversation";

export interface Sections {
  readonly offered: readonly Conversation[];
  readonly mine: readonly Conversation[];
  readonly wrapUps: readonly Conversation[];
  readonly waiting: readonly Conversation[];
}

export function sections(all: ReadonlyMap<string, Conversation>, me: Me): Sections {
  const skills = new Set(me.skills.map((skill) => skill.name));
  const found = {
    offered: [] as Conversation[],
    mine: [] as Conversation[],
    wrapUps: [] as Conversation[],
    waiting: [] as Conversation[],
  };
  for (const each of all.values()) {
    if (offeredTo(each, me.id)) found.offered.push(each);
    if (inHandOf(each, me.id) || consultedOn(each, me.id)) found.mine.push(each);
    if (openWrapUpOf(each, me.id)) found.wrapUps.push(each);
    if (waitsFor(each, me.id, skills)) found.waiting.push(each);
  }
  return {
    offered: by(deadline, found.offered),
    mine: by(age, found.mine),
    wrapUps: by(age, found.wrapUps),
    waiting: by(turn, found.waiting),
  };
}

/** A supervisor's events bring every conversation; the list shows what their own skills serve. */
function waitsFor(
  { callback, state, routed_to, skills }: Conversation,
  agentId: string,
  mine: ReadonlySet<string>,
): boolean {
  if (state !== "queued" || callback?.not_before || callback?.dialling) return false;
  return routed_to ? routed_to.id === agentId : skills.every((skill) => mine.has(skill));
}

/** Milliseconds that one step of priority is worth (DESIGN 4, the default head start). */
const HEAD_START = 60_000;

const time = (instant: string | null | undefined): number => (instant ? Date.parse(instant) : 0);
const age = (each: Conversation): number => time(each.queued_at);
const deadline = (each: Conversation): number => time(each.offer?.expires_at);

/** A conversation never changes, it is replaced: so its turn is worked out once. */
const turns = new WeakMap<Conversation, number>();

/** The order in which the distributor serves them. */
function turn(each: Conversation): number {
  let found = turns.get(each);
  if (found === undefined) {
    found = age(each) - each.priority * HEAD_START;
    turns.set(each, found);
  }
  return found;
}

/** Smallest first; equal ones by id, so that no two rows ever change places without reason. */
function by(key: (each: Conversation) => number, list: Conversation[]): readonly Conversation[] {
  return list.sort((a, b) => key(a) - key(b) || (a.id < b.id ? -1 : 1));
}

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
