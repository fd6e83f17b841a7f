// What a conversation is to me. The sections of the list and the controls ask here.
import type { Conversation, Segment } from "../api/types";

export function offeredTo(conversation: Conversation | undefined, agentId: string): boolean {
  return conversation?.offer?.agent.id === agentId;
}

export function inHandOf(conversation: Conversation | undefined, agentId: string): boolean {
  return conversation?.state === "active" && conversation.agent?.id === agentId;
}

/** Whose call a colleague consults me on: I am on the line, and it is not mine. */
export function consultedOn(conversation: Conversation | undefined, agentId: string): boolean {
  return conversation?.state === "active" && conversation.consult?.agent?.id === agentId;
}

/** A call that I have in hand, with the customer on the line or waiting for my phone. */
export function callOf(conversation: Conversation | undefined, agentId: string): boolean {
  return inHandOf(conversation, agentId) && conversation?.channel === "voice";
}

/** My part in the talk that goes on now. */
export function runningSegmentOf(
  conversation: Conversation,
  agentId: string,
): Segment | undefined {
  return conversation.segments.findLast(
    (segment) => segment.agent.id === agentId && segment.to === null,
  );
}

/** The segment for which this agent still owes a wrap-up. */
export function openWrapUpOf(
  conversation: Conversation | undefined,
  agentId: string,
): Segment | undefined {
  return conversation?.segments.findLast(
    (segment) => segment.agent.id === agentId && segment.wrap_up === "open",
  );
}

/** Whether it can be given back to an AI. */
export function hasBot(conversation: Conversation): boolean {
  return conversation.bot?.can_take_back ?? false;
}
