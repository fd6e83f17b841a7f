// English words of the conversation's panel, of the wrap-up and of the archive.
import type { Conversation, TimelineEntry } from "../api/types";

const outcomes: Readonly<Record<string, string>> = {
  completed: "completed",
  abandoned: "customer left",
  bot_completed: "completed by the AI",
  transferred: "transferred",
  failed: "failed",
  expired: "expired",
};

/** By the event stream's own names; what is not here is not told. */
const events: Readonly<Record<string, string>> = {
  conversation_started: "The AI began",
  conversation_queued: "Handed over to people",
  conversation_offered: "Offered",
  offer_rang: "Rang",
  offer_accepted: "Accepted",
  offer_rejected: "Rejected",
  offer_expired: "Not answered in time",
  offer_withdrawn: "Offer withdrawn",
  conversation_picked: "Taken from the list",
  conversation_requeued: "Back in the queue",
  conversation_held: "On hold",
  conversation_unheld: "Resumed",
  conversation_muted: "Muted",
  conversation_unmuted: "Unmuted",
  recording_paused: "Recording paused",
  recording_resumed: "Recording resumed",
  digits_sent: "Digits sent",
  conversation_transferred: "Transferred",
  consult_started: "A colleague or a number is asked",
  consult_changed: "The consult goes on",
  consult_swapped: "Swapped in the consult",
  consult_ended: "The consult is over",
  conversation_returned: "Came back: nobody answered there",
  conversation_handed_back: "Handed back to the AI",
  bot_took: "The AI has the customer again",
  conversation_taken_over: "Taken over",
  conversation_released: "Released to everybody with the skills",
  conversation_ended: "The talk ended",
  conversation_closed: "Closed",
  callback_chosen: "The customer chose to be called back",
  callback_held: "Outside opening hours: not called before they open",
  callback_missed: "The customer was called and did not answer",
  callback_due: "The callback may be tried again",
  callback_answered: "The customer answered the callback",
  callback_joined: "The customer called in themselves",
  agent_lost: "The agent's connection was lost",
  agent_rejoined: "The agent came back",
  wrap_up_closed: "Wrap-up closed",
};

const somebody = "Somebody who can serve it signed in";
const nobody = "Nobody who is signed in can serve it";

export const panelWords = {
  sentiment: "Sentiment",
  feels: (word: string, trend: string) => (trend ? `${word}, ${trend}` : word),
  trend: (before: number | null, now: number) => {
    if (before === null || Math.abs(now - before) < 0.1) return "";
    return now > before ? "getting better" : "getting worse";
  },
  overTime: (steps: readonly string[]) => `Over time: ${steps.join(", ")}`,
  flow: "Flow of the AI",
  facts: "About this conversation",
  history: (count: number) => `Earlier (${count})`,
  noEarlier: "None that you may see.",
  outcome: (conversation: Conversation) =>
    conversation.outcome ? (outcomes[conversation.outcome] ?? conversation.outcome) : "still open",
  handedOver: (reason: string | null) => (reason ? `Handed over: ${reason}` : "Handed over"),
  joined: (name: string) => `${name} took it`,
  you: "You",
  live: "live",
  unread: "New below",
  wrapUp: {
    left: "Closes by itself",
    dispositions: "How it was resolved",
    captured: "Captured facts: a click writes one down",
    insert: (name: string, value: string) => `${name}: ${value}`,
  },
  event: ({ type, data }: TimelineEntry) => {
    if (type === "rule_applied") return `Rule “${String(data["rule"])}”: ${String(data["did"])}`;
    if (type === "staffing_changed") return data["staffing"] === "ok" ? somebody : nobody;
    return events[type] ?? null;
  },
  rules: "Rules applied",
  /** Whose act it was, or whom it was offered to. */
  by: ({ type }: TimelineEntry, name: string) =>
    type === "conversation_offered" || type === "offer_rang" ? `to ${name}` : `by ${name}`,
} as const;
