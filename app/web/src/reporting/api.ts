// The calls of the wallboard and the reports, and how their figures are written.
import { call } from "../api/client";
import type { components } from "../generated/api";
import { DASH } from "../strings/reporting";
import { clockOf } from "../time";

type Schemas = components["schemas"];

export type Wallboard = Schemas["Wallboard"];
export type SkillNow = Schemas["SkillNow"];
export type Figures = Schemas["Figures"];
export type QueueReport = Schemas["QueueReport"];
export type IntervalReport = Schemas["IntervalReport"];
export type AgentsReport = Schemas["AgentsReport"];
export type AgentRow = Schemas["AgentRow"];

export type About = "queue" | "intervals" | "agents";

export interface Asked {
  readonly about: About;
  readonly by: string;
  /** Days (YYYY-MM-DD), both included. */
  readonly from: string;
  readonly to: string;
}

export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** Milliseconds: a year of a large centre takes a while. */
const REPORT_TIMEOUT = 60_000;

const two = (part: number): string => String(part).padStart(2, "0");

/** A day of this browser, as the API writes it. */
export const dayOf = (at: Date): string =>
  `${String(at.getFullYear())}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;

function dayAfter(day: string): string {
  const at = new Date(`${day}T12:00:00`);
  at.setDate(at.getDate() + 1);
  return dayOf(at);
}

/** Where a report is; the API's `to` is not included. */
export function addressOf({ about, by, from, to }: Asked, format?: "csv"): string {
  const query = new URLSearchParams({ by, tz: ZONE, from, to: dayAfter(to) });
  if (format) query.set("format", format);
  return `/reports/${about}?${query.toString()}`;
}

export const reporting = {
  wallboard: () => call("GET", `/wallboard?tz=${encodeURIComponent(ZONE)}`) as Promise<Wallboard>,
  report: <Report>(asked: Asked) =>
    call("GET", addressOf(asked), undefined, REPORT_TIMEOUT) as Promise<Report>,
};

/** `4:05`; a dash where there is nothing to measure. */
export const lasting = (seconds: number | null): string =>
  seconds === null ? DASH : clockOf(seconds * 1_000);

export const percentOf = (ratio: number | null): string =>
  ratio === null ? DASH : `${(ratio * 100).toFixed(1)} %`;
