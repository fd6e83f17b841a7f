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
    offered: by(deadline, list.filter((each) => offeredTo(each, me.id))),
    mine: by(age, list.filter((each) => inHandOf(each, me.id))),
    wrapUps: by(age, list.filter((each) => openWrapUpOf(each, me.id))),
    waiting: by(turn, list.filter((each) => waitsFor(each, me.id, skills))),
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

/** Milliseconds that one step of priority is worth (DESIGN 4, the default head start). */
const HEAD_START = 60_000;

const time = (instant: string | null | undefined): number => (instant ? Date.parse(instant) : 0);
const age = (each: Conversation): number => time(each.queued_at);
const deadline = (each: Conversation): number => time(each.offer?.expires_at);
/** The order in which the distributor serves them. */
const turn = (each: Conversation): number => age(each) - each.priority * HEAD_START;

/** Smallest first; equal ones by id, so that no two rows ever change places without reason. */
function by(
  key: (each: Conversation) => number,
  list: readonly Conversation[],
): readonly Conversation[] {
  return list
    .map((each) => ({ each, rank: key(each) }))
    .sort((a, b) => a.rank - b.rank || a.each.id.localeCompare(b.each.id))
    .map(({ each }) => each);
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
