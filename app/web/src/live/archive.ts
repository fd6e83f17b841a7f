// A search in the archive, page by page, and one conversation with its timeline.
import { useEffect, useState } from "react";
import { api } from "../api/client";
import type { Conversation, Match, TimelineEntry } from "../api/types";
import { problemSentence } from "../strings";

export interface Filters {
  readonly q: string;
  readonly state: string;
  readonly channel: string;
  readonly agent: string;
  /** Days as a date field has them, `2026-01-31`, or "". */
  readonly from: string;
  readonly to: string;
}

export const NO_FILTERS: Filters = { q: "", state: "", channel: "", agent: "", from: "", to: "" };

const PAGE = 50;

/** The start of a day in this browser's time zone, a number of days later. */
function dayStart(day: string, later = 0): string | null {
  const [year, month, date] = day.split("-").map(Number);
  if (!year || !month || !date) return null;
  return new Date(year, month - 1, date + later).toISOString();
}

/** What is asked of the service; the last day counts whole. */
export function queryOf(filters: Filters, cursor: string | null = null): URLSearchParams {
  const query = new URLSearchParams({ limit: String(PAGE) });
  for (const name of ["q", "state", "channel", "agent"] as const) {
    const value = filters[name].trim();
    if (value !== "") query.set(name, value);
  }
  const from = dayStart(filters.from);
  const to = dayStart(filters.to, 1);
  if (from) query.set("from", from);
  if (to) query.set("to", to);
  if (cursor) query.set("cursor", cursor);
  return query;
}

/** The same for a file of everything that is found. */
export function exportQuery(filters: Filters): string {
  const query = queryOf(filters);
  query.delete("limit");
  return query.toString();
}

export interface Found {
  readonly items: readonly Conversation[];
  readonly next: string | null;
  /** Where the words are that were searched for, by conversation. */
  readonly matches: Readonly<Record<string, readonly Match[]>>;
  readonly state: "looking" | "there" | "failed";
}

const LOOKING: Found = { items: [], next: null, matches: {}, state: "looking" };

/** Milliseconds after the last key before the service is asked. */
const PAUSE = 250;

/** The conversations found, a function that loads more of them, and one that asks again. */
export function useSearch(filters: Filters): readonly [Found, () => void, () => void] {
  const [found, setFound] = useState<Found>(LOOKING);
  const [asked, setAsked] = useState(0);
  const query = queryOf(filters).toString();
  useEffect(() => {
    let wanted = true;
    const look = async (): Promise<void> => {
      try {
        const { items, next, matches = {} } = await api.search(new URLSearchParams(query));
        if (wanted) setFound({ items, next, matches, state: "there" });
      } catch {
        if (wanted) setFound({ ...LOOKING, state: "failed" });
      }
    };
    const timer = window.setTimeout(() => void look(), PAUSE);
    return () => {
      wanted = false;
      window.clearTimeout(timer);
    };
  }, [query, asked]);
  const more = async (): Promise<void> => {
    const { next } = found;
    if (next === null) return;
    try {
      const page = await api.search(queryOf(filters, next));
      setFound((old) =>
        old.next === next
          ? {
              items: [...old.items, ...page.items],
              next: page.next,
              matches: { ...old.matches, ...page.matches },
              state: "there",
            }
          : old,
      );
    } catch {
      setFound((old) => ({ ...old, state: "failed" }));
    }
  };
  return [found, () => void more(), () => setAsked(asked + 1)];
}

export interface Kept {
  readonly conversation: Conversation;
  readonly timeline: readonly TimelineEntry[];
}

/** One conversation as the archive has it; a sentence when it cannot be read. */
export function useKept(id: string): Kept | string | null {
  const [found, setFound] = useState<{ readonly id: string; readonly kept: Kept | string } | null>(
    null,
  );
  useEffect(() => {
    if (id === "") return undefined;
    let wanted = true;
    Promise.all([api.conversation(id), api.timeline(id)])
      .then(([conversation, { items }]) => {
        if (wanted) setFound({ id, kept: { conversation, timeline: items } });
      })
      .catch((error: unknown) => {
        if (wanted) setFound({ id, kept: problemSentence(error) });
      });
    return () => {
      wanted = false;
    };
  }, [id]);
  return found?.id === id ? found.kept : null;
}
