// Canned replies: found by what is typed after the `/`, and filled with what is known.
import { call } from "../api/client";
import type { Conversation, Me } from "../api/types";
import type { components } from "../generated/api";
import { folded } from "../text";
import { Store } from "./store";

type Schemas = components["schemas"];
export type CannedReply = Schemas["CannedReply"];
export type CannedReplyChange = Schemas["CannedReplyChange"];

const PATH = "/canned-replies";
const one = (id: string): string => `${PATH}/${encodeURIComponent(id)}`;
export const cannedApi = {
  all: () => call("GET", PATH) as Promise<Schemas["CannedReplyList"]>,
  save: (id: string | null, given: CannedReplyChange) =>
    id === null ? call("POST", PATH, given) : call("PUT", one(id), given),
  remove: (id: string) => call("DELETE", one(id)),
} as const;

/** What was there when one was last looked for. */
export const canned = new Store<readonly CannedReply[]>([]);
export const MOST_SHOWN = 8;

/** Read anew with every `/`: an administrator may have changed one. */
export function loadCanned(): void {
  cannedApi.all().then(
    ({ items }) => canned.set(items),
    () => undefined, // what was there before is still offered
  );
}

/** What is looked for: a draft of one line that begins with a slash; null: nothing. */
export const wantedOf = (draft: string): string | null => /^\/([^\n]*)$/.exec(draft)?.[1] ?? null;

export interface Line {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The line that the caret stands in: in an email a reply may come on any. */
export function lineAt(text: string, caret: number): Line {
  const start = text.slice(0, caret).lastIndexOf("\n") + 1;
  const next = text.indexOf("\n", caret);
  const end = next < 0 ? text.length : next;
  return { start, end, text: text.slice(start, end) };
}

/** The replies for this conversation that have every word, those first whose name begins with it. */
export function found(
  all: readonly CannedReply[],
  wanted: string,
  skills: readonly string[],
): readonly CannedReply[] {
  const words = folded(wanted).split(/\s+/).filter(Boolean);
  const fits = ({ name, text, skills: only }: CannedReply): boolean => {
    const within = folded(`${name} ${text}`);
    return (only.length === 0 || only.some((each) => skills.includes(each))) && words.every((word) => within.includes(word));
  };
  const first = ({ name }: CannedReply): number => (folded(name).startsWith(words[0] ?? "") ? 0 : 1);
  return all.filter(fits).sort((a, b) => first(a) - first(b)).slice(0, MOST_SHOWN);
}

const VARIABLE = /\{\{([^{}|\n]{1,60})(?:\|([^{}\n]{0,200}))?\}\}/g;

export interface Filled {
  readonly text: string;
  /** Where the first stands that nothing is known of, for the agent to write over. */
  readonly open: readonly [number, number] | null;
}

/** Puts what is known in the place of the variables; others take what stands after their bar. */
export function fill(text: string, conversation: Conversation, me: Pick<Me, "name">): Filled {
  const { customer, skills, parameters } = conversation;
  const known: Readonly<Record<string, unknown>> = {
    ...parameters,
    customer: customer.name,
    email: customer.email,
    number: customer.number,
    agent: me.name,
    skill: skills[0],
  };
  const filled = text.replace(VARIABLE, (whole, name: string, otherwise: string | undefined) => {
    const value = Object.hasOwn(known, name.trim()) ? known[name.trim()] : undefined;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    return typeof value === "string" && value !== "" ? value : (otherwise ?? whole);
  });
  const left = new RegExp(VARIABLE.source).exec(filled);
  return { text: filled, open: left ? [left.index, left.index + left[0].length] : null };
}
