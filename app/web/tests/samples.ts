// Values that the tests start from; each test names what matters to it.
import type { Agent, Conversation, Me, Segment } from "../src/api/types";

export const T0 = Date.parse("2026-01-05T10:00:00Z");
export const at = (seconds: number): string => new Date(T0 + seconds * 1_000).toISOString();

export function agent(change: Partial<Agent> = {}): Agent {
  return {
    id: "ana",
    name: "Ana",
    status: "available",
    status_reason: null,
    status_pending: null,
    leg: { state: "connected", audio: "number", kind: "persistent", detail: null },
    skills: [{ id: "s1", name: "Billing", locked: false }],
    wrap_ups: 0,
    role: "agent",
    load: { voice: 0, chat: 0, email: 0 },
    watching: null,
    offer: null,
    ...change,
  };
}

export function me(change: Partial<Me> = {}): Me {
  return {
    ...agent(),
    email: "ana@example.com",
    preferences: {
      phone_number: "+15550111",
      audio: "number",
      leg: "persistent",
      confirm_answer: true,
      chat_cap: 5,
      email_cap: 5,
      skills: ["Billing"],
      inbox_view: {},
    },
    ...change,
  };
}

export function conversation(id: string, change: Partial<Conversation> = {}): Conversation {
  return {
    id,
    state: "queued",
    channel: "voice",
    customer: { name: null, number: "+15550122", email: null },
    entry: "200",
    language: "en",
    skills: ["Billing"],
    priority: 0,
    agent: null,
    routed_to: null,
    created_at: at(-60),
    queued_at: at(0),
    closed_at: null,
    version: 1,
    offer: null,
    rejoin_until: null,
    held: false,
    muted: false,
    callback: null,
    bot: null,
    rules: [],
    supervisors: [],
    result: null,
    staffing: "ok",
    faults: [],
    sentiment: null,
    flow: null,
    parameters: {},
    transcript: [],
    segments: [],
    reason: null,
    outcome: null,
    why: null,
    consult: null,
    ...change,
  };
}

export function segment(change: Partial<Segment> = {}): Segment {
  return {
    agent: { id: "ana", name: "Ana" },
    from: at(10),
    to: null,
    ended_by: null,
    wrap_up: "none",
    notes: "",
    disposition: null,
    ...change,
  };
}

export const offered = (id: string, attempt = 1): Conversation =>
  conversation(id, {
    state: "offered",
    offer: {
      attempt,
      agent: { id: "ana", name: "Ana" },
      offered_at: at(0),
      expires_at: at(20),
      rang: true,
    },
  });

export const active = (id: string): Conversation =>
  conversation(id, { state: "active", agent: { id: "ana", name: "Ana" }, segments: [segment()] });

export const wrappingUp = (id: string): Conversation =>
  conversation(id, {
    state: "wrap_up",
    segments: [segment({ to: at(60), ended_by: "customer", wrap_up: "open" })],
  });
