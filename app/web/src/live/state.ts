// What the page knows of the service's live state. Only `apply` makes a new one.
import type { Agent, Conversation, Me } from "../api/types";

export interface LiveState {
  /** Where in the event stream this is; opaque, given back as `?after=`. */
  readonly seq: string | null;
  readonly me: Me | null;
  readonly conversations: ReadonlyMap<string, Conversation>;
  readonly agents: ReadonlyMap<string, Agent>;
}

export const EMPTY: LiveState = {
  seq: null,
  me: null,
  conversations: new Map(),
  agents: new Map(),
};
