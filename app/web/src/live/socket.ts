// The event WebSocket: connects, resumes where it was, and never gives up.
import { answers } from "../api/client";
import type { LiveEvent } from "../api/types";
import { delayAfter } from "./backoff";

/** Milliseconds of silence after which the line is tested, and how long the test may take. */
const SILENCE = 10_000;
const TEST = 4_000;
/** The service's close code for a sign-in that is over. */
const SIGNED_OUT = 4401;

export type Link =
  | { readonly state: "connecting" }
  | { readonly state: "live" }
  | { readonly state: "lost"; readonly since: number };

export interface SocketOwner {
  /** Where to resume; null asks for a snapshot. */
  seq(): string | null;
  onEvent(event: LiveEvent): void;
  onLink(link: Link): void;
  /** No socket came up, or it was closed for it: the sign-in may be over. */
  onRefused(): void;
}

export class EventSocket {
  private readonly owner: SocketOwner;
  private socket: WebSocket | null = null;
  private failures = 0;
  private retry: number | undefined;
  private silence: number | undefined;
  private lostSince: number | null = null;
  private stopped = true;

  constructor(owner: SocketOwner) {
    this.owner = owner;
  }

  start(): void {
    this.stopped = false;
    window.addEventListener("online", this.tryNow);
    document.addEventListener("visibilitychange", this.onVisible);
    this.owner.onLink({ state: "connecting" });
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    window.removeEventListener("online", this.tryNow);
    document.removeEventListener("visibilitychange", this.onVisible);
    window.clearTimeout(this.retry);
    window.clearTimeout(this.silence);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  /** Does not wait for the back-off: the network came back, or the agent pressed "try now". */
  readonly tryNow = (): void => {
    if (this.stopped || this.socket !== null) return;
    this.failures = 0;
    this.connect();
  };

  /** After sleep a socket can look open and be dead. */
  private readonly onVisible = (): void => {
    if (document.visibilityState !== "visible") return;
    if (this.socket === null) this.tryNow();
    else void this.test();
  };

  private connect(): void {
    window.clearTimeout(this.retry);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const seq = this.owner.seq();
    const after = seq === null ? "" : `?after=${encodeURIComponent(seq)}`;
    const socket = new WebSocket(`${scheme}//${location.host}/api/v1/events${after}`);
    let opened = false;
    this.socket = socket;
    socket.onopen = () => {
      opened = true;
      if (socket === this.socket) this.opened();
    };
    socket.onmessage = (message: MessageEvent<string>) => {
      if (socket !== this.socket) return;
      this.expectMore();
      this.owner.onEvent(JSON.parse(message.data) as LiveEvent);
    };
    socket.onclose = ({ code }) => {
      if (socket === this.socket) this.closed(!opened || code === SIGNED_OUT);
    };
    this.expectMore();
  }

  private opened(): void {
    this.failures = 0;
    this.lostSince = null;
    this.owner.onLink({ state: "live" });
  }

  private closed(refused: boolean): void {
    this.socket = null;
    window.clearTimeout(this.silence);
    if (this.stopped) return;
    this.failures += 1;
    this.lostSince ??= Date.now();
    this.owner.onLink({ state: "lost", since: this.lostSince });
    if (refused) this.owner.onRefused();
    const delay = delayAfter(this.failures, Math.random());
    this.retry = window.setTimeout(() => this.connect(), delay);
  }

  private expectMore(): void {
    window.clearTimeout(this.silence);
    this.silence = window.setTimeout(() => void this.test(), SILENCE);
  }

  /** A half-open socket never closes by itself: ask over HTTP whether the service is there. */
  private async test(): Promise<void> {
    const socket = this.socket;
    if (socket === null) return;
    const alive = await answers(TEST);
    if (socket !== this.socket) return;
    if (alive && socket.readyState === WebSocket.OPEN) {
      this.expectMore();
      return;
    }
    socket.onclose = null;
    socket.close();
    this.closed(false);
  }
}
