// One tab of this browser has the phone: who holds the Web Lock. The others are told by a channel.

export interface OwnershipListener {
  /** Another tab has the phone now. */
  occupied(): void;
  /** No tab has it. */
  free(): void;
  /** The agent disconnected the headset in another tab. */
  off(): void;
}

type Note = "occupied" | "free" | "who" | "off";

/** Milliseconds in which a page that is being reloaded lets go of the lock. */
const PATIENCE = 3_000;

export class Ownership {
  private readonly name: string;
  private readonly listener: OwnershipListener;
  private readonly channel: BroadcastChannel;
  private letGo: (() => void) | null = null;

  constructor(agentId: string, listener: OwnershipListener) {
    this.name = `ringdesk-phone-${agentId}`;
    this.listener = listener;
    this.channel = new BroadcastChannel(this.name);
    this.channel.onmessage = ({ data }: MessageEvent<Note>) => this.heard(data);
    this.tell("who");
  }

  /** Resolves to whether this tab has the phone; `steal` takes it from another one. */
  async take(steal: boolean): Promise<boolean> {
    if (this.letGo) return true;
    if (!("locks" in navigator)) return true; // not a secure page: the microphone says so
    return new Promise((resolve) => {
      const options = steal ? { steal } : { signal: AbortSignal.timeout(PATIENCE) };
      const held = navigator.locks.request(this.name, options, () => {
        this.tell("occupied");
        resolve(true);
        return new Promise<void>((done) => (this.letGo = done));
      });
      held.catch(() => {
        if (this.letGo) this.listener.occupied(); // another tab took it
        this.letGo = null;
        resolve(false);
      });
    });
  }

  release(): void {
    if (!this.letGo) return;
    this.letGo();
    this.letGo = null;
    this.tell("free");
  }

  /** The agent does not want the phone, whichever tab has it. */
  off(): void {
    this.tell("off");
  }

  close(): void {
    this.release();
    this.channel.close();
  }

  private tell(note: Note): void {
    this.channel.postMessage(note);
  }

  private heard(note: Note): void {
    if (note === "who") {
      if (this.letGo) this.tell("occupied");
    } else if (note === "off") {
      if (this.letGo) this.listener.off();
    } else if (!this.letGo) {
      this.listener[note]();
    }
  }
}
