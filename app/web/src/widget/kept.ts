// What outlives the page: who the customer is, and what was written but not acknowledged.
import type { Sent } from "./frames";

export interface Waiting {
  readonly client_id: string;
  readonly text: string;
  readonly attachments?: readonly Sent[];
}

export interface Kept {
  readonly token: string | null;
  readonly outbox: readonly Waiting[];
}

const NOTHING: Kept = { token: null, outbox: [] };

/** A private window may refuse its storage: then the page's life is all there is. */
export class Memory {
  private readonly key: string;
  private now: Kept;

  constructor(key: string) {
    this.key = key;
    this.now = this.read();
  }

  get(): Kept {
    return this.now;
  }

  set(change: Partial<Kept>): void {
    this.now = { ...this.now, ...change };
    try {
      localStorage.setItem(this.key, JSON.stringify(this.now));
    } catch {
      // full, or not allowed
    }
  }

  private read(): Kept {
    try {
      return { ...NOTHING, ...(JSON.parse(localStorage.getItem(this.key) ?? "{}") as Partial<Kept>) };
    } catch {
      return NOTHING;
    }
  }
}

/** A random id; `crypto.randomUUID` is for secure pages alone. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
