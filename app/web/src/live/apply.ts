// The live state as a pure function of events.
//
// The promise: apply(old snapshot, events since) equals a fresh snapshot. So that rows which did
// not change are not drawn again, everything an event does not name keeps its identity. Events
// carry whole values, so a repeated one changes nothing; an unknown one only moves `seq` on.
import type { Agent, Conversation, LiveEvent, Me, SnapshotData, Turn } from "../api/types";
import type { LiveState } from "./state";

export function apply(state: LiveState, event: LiveEvent): LiveState {
  const moved = { ...state, seq: event.seq };
  switch (event.type) {
    case "snapshot":
      return { ...moved, ...fromSnapshot(event.data, state.me) };
    case "conversation.changed":
      return { ...moved, conversations: withConversation(state.conversations, event.data) };
    case "conversation.removed":
      return { ...moved, conversations: without(state.conversations, event.data.id) };
    case "agent.changed":
      return { ...moved, ...withAgent(state, event.data) };
    case "agent.removed":
      return { ...moved, agents: without(state.agents, event.data.id) };
    case "transcript.added":
      return { ...moved, conversations: withTurns(state.conversations, event.data) };
    default:
      return moved;
  }
}

/** Somebody who takes no conversations is in no live picture: they stay who they were. */
function fromSnapshot(data: SnapshotData, known: Me | null): Omit<LiveState, "seq"> {
  const open = data.conversations.filter((each) => each.state !== "closed");
  return {
    me: data.me ?? known,
    conversations: new Map(open.map((each) => [each.id, each])),
    agents: new Map(data.agents.map((each) => [each.id, each])),
  };
}

/** A closed conversation belongs to the archive: it leaves the live state. */
function withConversation(
  all: ReadonlyMap<string, Conversation>,
  changed: Conversation,
): ReadonlyMap<string, Conversation> {
  if (changed.state === "closed") return without(all, changed.id);
  return new Map(all).set(changed.id, changed);
}

function without<Value>(all: ReadonlyMap<string, Value>, id: string): ReadonlyMap<string, Value> {
  if (!all.has(id)) return all;
  const rest = new Map(all);
  rest.delete(id);
  return rest;
}

/** A turn that is there already stays where it is. */
function withTurns(
  all: ReadonlyMap<string, Conversation>,
  { conversation_id, turns }: { readonly conversation_id: string; readonly turns: readonly Turn[] },
): ReadonlyMap<string, Conversation> {
  const conversation = all.get(conversation_id);
  if (!conversation) return all;
  const known = new Set(conversation.transcript.map((turn) => turn.id));
  const added = turns.filter((turn) => !known.has(turn.id));
  if (added.length === 0) return all;
  const transcript = [...conversation.transcript, ...added];
  return new Map(all).set(conversation_id, { ...conversation, transcript });
}

function withAgent(state: LiveState, changed: Agent | Me): Pick<LiveState, "me" | "agents"> {
  const me = state.me?.id === changed.id ? { ...state.me, ...changed } : state.me;
  return { me, agents: new Map(state.agents).set(changed.id, changed) };
}
