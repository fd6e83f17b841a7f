// What the widget and the service say to each other (app/api/chat_frames.py).
/** A file that was sent up. `size` in bytes. */
export interface Sent {
  readonly id: string;
  readonly name: string;
  readonly size: number;
}

export interface Said {
  readonly seq: number;
  readonly author: "customer" | "agent" | "bot" | "system";
  readonly name: string | null;
  readonly text: string;
  readonly at: string;
  readonly client_id?: string;
  readonly attachments: readonly (Sent & { readonly url: string })[];
}

export interface Place {
  readonly state: "new" | "bot" | "waiting" | "active" | "ended";
  readonly agent: string | null;
  /** Why nobody comes now; null: somebody may. */
  readonly away: "closed" | "nobody" | null;
}

export type FromService =
  | ({
      readonly type: "hello";
      readonly token: string;
      readonly title: string;
      readonly ask: "nothing" | "name" | "email";
      readonly conversation: string | null;
      readonly messages: readonly Said[];
      readonly read: number;
    } & Place)
  | { readonly type: "ack"; readonly client_id: string; readonly seq: number }
  | ({ readonly type: "message" } & Said)
  | { readonly type: "conversation"; readonly conversation: string }
  | ({ readonly type: "state" } & Place)
  | { readonly type: "typing"; readonly name: string; readonly on: boolean }
  | { readonly type: "read"; readonly seq: number }
  | {
      readonly type: "error";
      readonly code: string;
      readonly client_id?: string;
      readonly retry_ms?: number;
    };

/** Characters of one message. */
export const LONGEST = 4_000;
