// What Live View shows of everything that is open: filters and order, and both in the address.
import type { Channel, Conversation } from "../api/types";

export const COLUMNS = [
  "customer",
  "state",
  "agent",
  "flow",
  "sentiment",
  "skills",
  "waiting",
  "duration",
] as const;
export type Column = (typeof COLUMNS)[number];
export const GROUPS = ["bot", "waiting", "active", "wrap_up"] as const;
export type Group = (typeof GROUPS)[number];
const CHANNELS: readonly string[] = ["voice", "chat", "email"] satisfies readonly Channel[];

export interface LiveFilters {
  readonly text: string;
  readonly group: Group | "";
  readonly channel: Channel | "";
  readonly sort: Column;
  readonly up: boolean;
}

export const ALL: LiveFilters = { text: "", group: "", channel: "", sort: "duration", up: false };

export function groupOf({ state }: Conversation): Group {
  if (state === "bot" || state === "wrap_up") return state;
  return state === "active" ? "active" : "waiting";
}

/** RFC 3339 instants sort as text: the service writes them all alike. */
export function waitingSince(of: Conversation): string | null {
  return groupOf(of) === "waiting" ? of.queued_at : null;
}

function fits(of: Conversation, filters: LiveFilters, sought: string): boolean {
  if (filters.group && groupOf(of) !== filters.group) return false;
  if (filters.channel && of.channel !== filters.channel) return false;
  return sought === "" || textOf(of).includes(sought);
}

function textOf(of: Conversation): string {
  const { customer, agent, skills, flow } = of;
  const parts = [customer.name, customer.number, customer.email, agent?.name, flowOf(of)];
  return [...parts, ...skills, flow ? "" : null].filter(Boolean).join("\n").toLowerCase();
}

export function flowOf({ flow }: Conversation): string {
  const of = (name: string): string => (typeof flow?.[name] === "string" ? flow[name] : "");
  return [of("name"), of("step")].filter(Boolean).join(" › ");
}

/** What is missing sorts last, either way. */
function keyOf(of: Conversation, sort: Column): string | number | null {
  switch (sort) {
    case "customer":
      return (of.customer.name ?? of.customer.number ?? of.customer.email)?.toLowerCase() ?? null;
    case "state":
      return GROUPS.indexOf(groupOf(of));
    case "agent":
      return of.agent?.name.toLowerCase() ?? null;
    case "flow":
      return flowOf(of).toLowerCase() || null;
    case "sentiment":
      return of.sentiment;
    case "skills":
      return of.skills.join(" ").toLowerCase() || null;
    case "waiting":
      return negative(waitingSince(of));
    case "duration":
      return negative(of.created_at);
  }
}

/** The longest time is the earliest instant. */
const negative = (instant: string | null): number | null =>
  instant === null ? null : -Date.parse(instant);

function order(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  return a !== null && b !== null && a < b ? -1 : 1;
}

/** The rows to be shown, in their order; equal ones keep the order in which they came. */
export function rowsOf(
  all: Iterable<Conversation>,
  filters: LiveFilters,
): readonly Conversation[] {
  const sought = filters.text.trim().toLowerCase();
  const keyed: { readonly of: Conversation; readonly key: string | number | null }[] = [];
  for (const of of all) {
    if (fits(of, filters, sought)) keyed.push({ of, key: keyOf(of, filters.sort) });
  }
  const way = filters.up ? 1 : -1;
  keyed.sort((a, b) => {
    if ((a.key === null) !== (b.key === null)) return a.key === null ? 1 : -1;
    return way * order(a.key, b.key) || (a.of.id < b.of.id ? -1 : 1);
  });
  return keyed.map(({ of }) => of);
}

export function filtersFrom(query: string): LiveFilters {
  const given = new URLSearchParams(query);
  const one = <T extends string>(name: string, known: readonly T[]): T | "" =>
    known.find((each) => each === given.get(name)) ?? "";
  return {
    text: given.get("find") ?? "",
    group: one("state", GROUPS),
    channel: one("channel", CHANNELS) as Channel | "",
    sort: one("sort", COLUMNS) || ALL.sort,
    up: given.get("up") === "1",
  };
}

export function queryOf({ text, group, channel, sort, up }: LiveFilters): string {
  const query = new URLSearchParams();
  if (text) query.set("find", text);
  if (group) query.set("state", group);
  if (channel) query.set("channel", channel);
  if (sort !== ALL.sort) query.set("sort", sort);
  if (up) query.set("up", "1");
  const written = query.toString();
  return written && `?${written}`;
}
