import type { Conversation } from "../api/types";
import { openWrapUpOf, runningSegmentOf } from "../live/conversation";
import { words } from "../strings";

export interface Clock {
  /** RFC 3339; null while there is nothing to count from. */
  readonly since: string | null;
  /** What the time means, in words. */
  readonly title: string;
}

/** What a conversation's clock counts for me: my wrap-up, the talk, or the customer's wait. */
export function clockFor(conversation: Conversation, meId: string): Clock {
  const wrapUp = openWrapUpOf(conversation, meId);
  if (wrapUp) return { since: wrapUp.to, title: words.list.since };
  if (conversation.state !== "active") {
    return { since: conversation.queued_at, title: words.list.waited };
  }
  const talk = runningSegmentOf(conversation, meId);
  return { since: talk?.from ?? null, title: words.list.talked };
}
