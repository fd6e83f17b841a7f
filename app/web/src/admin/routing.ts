// Calendars and routing rules: their calls, and their forms as plain text.
import { call } from "../api/client";
import type { components } from "../generated/api";

type Schemas = components["schemas"];
export type Calendar = Schemas["Calendar"];
export type CalendarChange = Schemas["CalendarChange"];
export type RoutingRule = Schemas["RoutingRule"];
export type RuleChange = Schemas["RuleChange"];
export type RuleGiven = Schemas["RuleGiven"];
export type RulePreview = Schemas["RulePreview"];
export type Hours = Schemas["OpeningHours"];

interface ListOf<T> {
  readonly items: readonly T[];
}

const one = (path: string, id: string): string => `${path}/${encodeURIComponent(id)}`;
const PREVIEW_TIMEOUT = 60_000;

export const routing = {
  calendars: () => call("GET", "/calendars") as Promise<ListOf<Calendar>>,
  saveCalendar: (id: string | null, given: CalendarChange) =>
    id === null ? call("POST", "/calendars", given) : call("PUT", one("/calendars", id), given),
  removeCalendar: (id: string) => call("DELETE", one("/calendars", id)),
  rules: () => call("GET", "/routing-rules") as Promise<ListOf<RoutingRule>>,
  saveRule: (id: string | null, given: RuleChange) =>
    id === null ? call("POST", "/routing-rules", given) : call("PUT", one("/routing-rules", id), given),
  removeRule: (id: string) => call("DELETE", one("/routing-rules", id)),
  preview: (given: RuleGiven) =>
    call("POST", "/routing-rules/preview", given, PREVIEW_TIMEOUT) as Promise<RulePreview>,
} as const;

export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

export const listed = (text: string): string[] =>
  text
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean);

/** `09:00-12:30, 13:30-17:00`; what is no interval is refused by the service, by its place. */
export const hoursOf = (text: string): Hours[] =>
  listed(text).map((each) => {
    const [begin = "", end = ""] = each.split(/[-–]/).map((part) => part.trim());
    return { begin, end };
  });

export const hoursText = (hours: readonly Hours[]): string =>
  hours.map(({ begin, end }) => `${begin}-${end}`).join(", ");

/** `2026-12-24 09:00-13:00 Christmas Eve`, one on a line. */
export const holidaysOf = (text: string): NonNullable<CalendarChange["holidays"]> =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const [date = "", ...rest] = line.split(/\s+/);
      const own = rest.filter((word) => /^\d\d:\d\d[-–]/.test(word)).map((word) => word.replace(/,$/, ""));
      const name = rest.filter((word) => !/^\d\d:\d\d[-–]/.test(word)).join(" ");
      return { date, name, hours: hoursOf(own.join(",")) };
    });

export const holidaysText = (holidays: Calendar["holidays"]): string =>
  holidays
    .map(({ date, hours, name }) => [date, ...hours.map((each) => hoursText([each])), name].filter(Boolean).join(" "))
    .join("\n");

type Parameters = NonNullable<RuleGiven["when"]["parameters"]>;

/** `plan=gold, reason~refund, order`. */
export const parametersOf = (text: string): Parameters =>
  listed(text).map((each) => {
    const [, name = each, sign, value = ""] = /^([^=~]+)([=~])(.*)$/.exec(each) ?? [];
    const compare = sign === "=" ? "equals" : sign === "~" ? "contains" : "exists";
    return { name: name.trim(), compare, value: value.trim() };
  });

export const parametersText = (given: RoutingRule["when"]["parameters"]): string =>
  given
    .map(({ name, compare, value }) => (compare === "exists" ? name : `${name}${compare === "equals" ? "=" : "~"}${value}`))
    .join(", ");

/** What is no number goes as it was typed, and is refused by its place. */
export const numberOf = (text: string): number | null => {
  if (text.trim() === "") return null;
  const found = Number(text.replace(",", "."));
  return Number.isNaN(found) ? (text as unknown as number) : found;
};
