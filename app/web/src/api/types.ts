// The API's shapes as this page uses them (CONTRACT "Shapes"). Times are RFC 3339 strings in UTC.

export type Status = "available" | "busy" | "offline";
export type LegState = "disconnected" | "connected" | "ringing";
export type Audio = "number" | "sip" | "web";
export type Channel = "voice" | "chat" | "email";

export interface Skill {
  readonly id: string;
  readonly name: string;
}

export interface Leg {
  readonly state: LegState;
  readonly audio: Audio;
  readonly kind: "persistent" | "per_call";
  readonly detail: string | null;
}

export interface Preferences {
  readonly phone_number: string | null;
  readonly audio: Audio;
  readonly leg: "persistent" | "per_call";
}

export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly status: Status;
  readonly status_reason: string | null;
  readonly status_pending: Status | null;
  readonly leg: Leg;
  readonly skills: readonly Skill[];
  readonly wrap_ups: number;
}

export interface Me extends Agent {
  readonly email: string;
  readonly role: "agent" | "supervisor" | "admin";
  readonly preferences: Preferences;
}

export interface Person {
  readonly id: string;
  readonly name: string;
}

export interface Turn {
  readonly id: string;
  readonly speaker: string;
  readonly text: string;
  readonly at: string;
}

export interface Segment {
  readonly agent: Person;
  readonly from: string;
  readonly to: string | null;
  readonly ended_by: string | null;
  readonly wrap_up: "none" | "open" | "closed";
  readonly notes: string;
  readonly disposition: string | null;
}

export interface Offer {
  readonly attempt: number;
  readonly agent: Person;
  readonly offered_at: string;
  readonly expires_at: string;
  readonly rang: boolean;
}

export interface Why {
  readonly how: string;
  readonly requirement: readonly string[];
  readonly idle_ms: number;
  /** Who else could have got it; supervisors only. */
  readonly eligible: readonly Person[];
}

export interface Conversation {
  readonly id: string;
  readonly state: "bot" | "queued" | "offered" | "active" | "wrap_up" | "closed";
  readonly channel: Channel;
  readonly customer: {
    readonly name: string | null;
    readonly number: string | null;
    readonly email: string | null;
  };
  readonly entry: string | null;
  readonly language: string;
  readonly skills: readonly string[];
  readonly priority: number;
  readonly agent: Person | null;
  /** Set while only this agent may get it. */
  readonly routed_to: Person | null;
  readonly queued_at: string | null;
  readonly offer: Offer | null;
  /** While the lost leg of an active call may still come back. */
  readonly rejoin_until: string | null;
  readonly staffing: "ok" | "none_signed_in" | "none_skilled";
  readonly faults: readonly { readonly code: string; readonly detail: string }[];
  readonly sentiment: number | null;
  readonly flow: Readonly<Record<string, unknown>> | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly transcript: readonly Turn[];
  readonly segments: readonly Segment[];
  readonly reason: string | null;
  readonly outcome: string | null;
  readonly why: Why | null;
}

/** RFC 9457 problem document; `errors` names the fields of a validation problem. */
export interface ProblemDocument {
  readonly type: string;
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string;
  readonly errors?: readonly { readonly field?: string; readonly detail?: string }[];
}

interface EventOf<Type extends string, Data> {
  readonly type: Type;
  readonly seq: string;
  readonly at: string;
  readonly data: Data;
}

export interface SnapshotData {
  readonly me: Me;
  readonly conversations: readonly Conversation[];
  readonly agents: readonly Agent[];
}

export type LiveEvent =
  | EventOf<"snapshot", SnapshotData>
  | EventOf<"conversation.changed", Conversation>
  | EventOf<"conversation.removed", { readonly id: string }>
  | EventOf<"agent.changed", Partial<Me> & { readonly id: string }>;
