// The live state as a pure function of events.
//
// The promise: apply(old snapshot, events since) equals a fresh snapshot. So that rows which did
// not change are not drawn again, everything an event does not name keeps its identity. Events
// carry whole values, so a repeated one changes nothing; an unknown one only moves `seq` on.
import type { Agent, Conversation, LiveEvent, Me, SnapshotData } from "../api/types";
import type { LiveState } from "./state";

export function apply(state: LiveState, event: LiveEvent): LiveState {
  const moved = { ...state, seq: event.seq };
  switch (event.type) {
    case "snapshot":
      return { ...moved, ...fromSnapshot(event.data) };
    case "conversation.changed":
      return { ...moved, conversations: withConversation(state.conversations, event.data) };
    case "conversation.removed":
      return { ...moved, conversations: without(state.conversations, event.data.id) };
    case "agent.changed":
      return { ...moved, ...withAgent(state, event.data) };
    default:
      return moved;
  }
}

function fromSnapshot(data: SnapshotData): Omit<LiveState, "seq"> {
  const open = data.conversations.filter((each) => each.state !== "closed");
  return {
    me: data.me,
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

function withAgent(
  state: LiveState,
  changed: Partial<Me> & { readonly id: string },
): Pick<LiveState, "me" | "agents"> {
  const me = state.me?.id === changed.id ? { ...state.me, ...changed } : state.me;
  const known = state.agents.get(changed.id);
  const agent = { ...known, ...changed } as Agent;
  return { me, agents: new Map(state.agents).set(changed.id, agent) };
}
