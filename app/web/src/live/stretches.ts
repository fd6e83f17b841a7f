// A conversation's past as stretches of time, one for each state that it was in.
import type { TimelineEntry } from "../api/types";

export type StretchKind = "bot" | "waiting" | "offered" | "talk" | "hold" | "wrap_up";

export interface Stretch {
  readonly kind: StretchKind;
  readonly from: number;
  readonly to: number;
  /** Whose phone rang, or who talked. */
  readonly who: string | null;
}

/** The state that each event leads to; null ends the conversation, others change nothing. */
const leads: Readonly<Record<string, StretchKind | null>> = {
  conversation_started: "bot",
  conversation_handed_back: "bot",
  conversation_queued: "waiting",
  conversation_requeued: "waiting",
  conversation_transferred: "waiting",
  conversation_returned: "waiting",
  offer_rejected: "waiting",
  offer_expired: "waiting",
  offer_withdrawn: "waiting",
  conversation_offered: "offered",
  offer_accepted: "talk",
  conversation_picked: "talk",
  conversation_taken_over: "talk",
  conversation_unheld: "talk",
  conversation_held: "hold",
  conversation_ended: "wrap_up",
  conversation_closed: null,
};

/** Oldest first; the last one of an open conversation lasts until `now` (ms). */
export function stretchesOf(timeline: readonly TimelineEntry[], now: number): readonly Stretch[] {
  const found: Stretch[] = [];
  let open: Omit<Stretch, "to"> | null = null;
  const end = (at: number): void => {
    if (open && at > open.from) found.push({ ...open, to: at });
    open = null;
  };
  for (const { type, at, agent } of timeline) {
    const kind = leads[type];
    if (kind === undefined) continue;
    const instant = Date.parse(at);
    end(instant);
    if (kind !== null) open = { kind, from: instant, who: agent?.name ?? null };
  }
  end(now);
  return found;
}
