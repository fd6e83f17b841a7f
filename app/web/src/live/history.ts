// What is known of a conversation beyond its live state: how the customer felt over time, and
// what they had before. Read over HTTP when the panel shows it.
import { useEffect, useState } from "react";
import { api } from "../api/client";
import type { Conversation, TimelineEntry } from "../api/types";
import { delayAfter } from "./backoff";
import { serverClock } from "./clock";

/** A sentiment from −1 to 1, and when (milliseconds). */
export interface Felt {
  readonly at: number;
  readonly value: number;
}

/** How the customer felt, oldest first; `now` is taken when the archive is a moment behind. */
export function sentimentsOf(
  entries: readonly TimelineEntry[],
  latest: number | null,
  now: number,
): readonly Felt[] {
  const told = entries.flatMap(({ at, data }): readonly Felt[] => {
    const value = data["sentiment"];
    return typeof value === "number" ? [{ at: Date.parse(at), value }] : [];
  });
  const known = told.at(-1)?.value ?? null;
  return latest === null || latest === known ? told : [...told, { at: now, value: latest }];
}

interface Of<Value> {
  readonly id: string;
  readonly value: Value;
}

const lastFelt = (entries: readonly TimelineEntry[]): number | null =>
  sentimentsOf(entries, null, 0).at(-1)?.value ?? null;

/**
 * Asks again as the sentiment changes, and for as long as the archive is behind, ever less often;
 * until the answer comes, what was known stays.
 */
export function useSentiments({ id, sentiment }: Conversation): readonly Felt[] {
  const [found, setFound] = useState<Of<readonly Felt[]> | null>(null);
  useEffect(() => {
    if (sentiment === null) return undefined;
    let timer: number | undefined;
    let wanted = true;
    const look = async (times: number): Promise<void> => {
      const entries = await api.timeline(id).then(
        ({ items }) => items,
        () => [],
      );
      if (!wanted) return;
      setFound({ id, value: sentimentsOf(entries, sentiment, serverClock.now()) });
      if (lastFelt(entries) === sentiment) return;
      timer = window.setTimeout(() => void look(times + 1), delayAfter(times, Math.random()));
    };
    void look(1);
    return () => {
      wanted = false;
      window.clearTimeout(timer);
    };
  }, [id, sentiment]);
  return found?.id === id ? found.value : [];
}

/** The query that finds a customer's earlier conversations; null where nothing identifies them. */
export function earlierQuery({ customer, created_at }: Conversation): URLSearchParams | null {
  const q = customer.number ?? customer.email;
  return q ? new URLSearchParams({ q, to: created_at, limit: "20" }) : null;
}

/** Only those of the same customer: the search also finds notes that mention the number. */
export function sameCustomer(one: Conversation, other: Conversation): boolean {
  const { number, email } = one.customer;
  const byNumber = number !== null && number === other.customer.number;
  return byNumber || (email !== null && email === other.customer.email);
}

/** The customer's earlier conversations, newest first, as far as I may see them. */
export function useEarlier(conversation: Conversation): readonly Conversation[] {
  const { id, state } = conversation;
  const [found, setFound] = useState<Of<readonly Conversation[]> | null>(null);
  useEffect(() => {
    const query = earlierQuery(conversation);
    if (!query) return undefined;
    let wanted = true;
    api
      .search(query)
      .then(({ items }) => {
        const value = items.filter((each) => each.id !== id && sameCustomer(conversation, each));
        if (wanted) setFound({ id, value });
      })
      .catch(() => undefined); // the panel does without
    return () => {
      wanted = false;
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the state decides what I may see
  }, [id, state]);
  return found?.id === id ? found.value : [];
}
