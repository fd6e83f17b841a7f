// Inbox / Personal: which waiting rows an agent wants to see, in which order, with which columns.
// It never touches offers, what is mine, or wrap-ups. Saved in `preferences.inbox_view`.
import type { Channel, Conversation } from "../api/types";

export const CHANNELS: readonly Channel[] = ["voice", "chat", "email"];
export const SORTS = ["turn", "longest", "newest", "name"] as const;
export const COLUMNS = ["skills", "priority", "number", "entry", "language", "sentiment"] as const;

export type Sort = (typeof SORTS)[number];
export type Column = (typeof COLUMNS)[number];

export interface InboxView {
  /** Only these; all when empty. */
  readonly channels: readonly Channel[];
  /** Only what asks for one of these, by name; all when empty. */
  readonly skills: readonly string[];
  /** Only this priority or a higher one. */
  readonly leastPriority: number;
  /** Only what was routed to me by name. */
  readonly forMeOnly: boolean;
  readonly sort: Sort;
  readonly columns: readonly Column[];
}

/** What the Inbox itself shows. */
export const PLAIN: InboxView = {
  channels: [],
  skills: [],
  leastPriority: 0,
  forMeOnly: false,
  sort: "turn",
  columns: ["skills", "priority"],
};

/** What was saved, however old: each part that is not understood is as in the Inbox itself. */
export function viewFrom(saved: Readonly<Record<string, unknown>>): InboxView {
  const { leastPriority, sort, columns } = saved;
  const priority = typeof leastPriority === "number" ? Math.round(leastPriority) : 0;
  return {
    channels: chosen(saved["channels"], CHANNELS),
    skills: texts(saved["skills"]),
    leastPriority: Math.min(10, Math.max(0, priority)),
    forMeOnly: saved["forMeOnly"] === true,
    sort: SORTS.find((one) => one === sort) ?? PLAIN.sort,
    columns: columns === undefined ? PLAIN.columns : chosen(columns, COLUMNS),
  };
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];

function chosen<Choice extends string>(
  value: unknown,
  choices: readonly Choice[],
): readonly Choice[] {
  const named = new Set(texts(value));
  return choices.filter((one) => named.has(one));
}

function wanted(view: InboxView, { channel, skills, priority, routed_to }: Conversation): boolean {
  if (view.forMeOnly && !routed_to) return false;
  if (priority < view.leastPriority) return false;
  if (view.channels.length > 0 && !view.channels.includes(channel)) return false;
  return view.skills.length === 0 || skills.some((skill) => view.skills.includes(skill));
}

const collator = new Intl.Collator();
/** To sort by. Without its Z: a whole second has no fraction, and would come after its own parts. */
const since = ({ queued_at, created_at }: Conversation): string => (queued_at ?? created_at).slice(0, -1);
const label = ({ customer }: Conversation): string =>
  customer.name ?? customer.number ?? customer.email ?? "";

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const ORDER: Readonly<
  Record<Exclude<Sort, "turn">, (a: Conversation, b: Conversation) => number>
> = {
  longest: (a, b) => byText(since(a), since(b)) || byText(a.id, b.id),
  newest: (a, b) => byText(since(b), since(a)) || byText(a.id, b.id),
  name: (a, b) => collator.compare(label(a), label(b)) || byText(a.id, b.id),
};

/** The waiting rows as the view has them; `waiting` comes in the order of turns. */
export function arranged(
  waiting: readonly Conversation[],
  view: InboxView,
): readonly Conversation[] {
  const seen = waiting.filter((each) => wanted(view, each));
  return view.sort === "turn" ? seen : seen.sort(ORDER[view.sort]);
}
