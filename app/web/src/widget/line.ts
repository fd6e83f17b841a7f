// The line to the service: comes back by itself, says where it was, and sends one message at a
// time, so that their order is the customer's whatever is lost on the way.
import type { FromService, Place, Said, Sent } from "./frames";
import { newId, type Memory, type Waiting } from "./kept";

/** Milliseconds until an unanswered message makes the line suspect, and between tries. */
const SILENCE = 8_000;
const FIRST_PAUSE = 300;
const LONGEST_PAUSE = 15_000;

export interface Shown extends Place {
  readonly connected: boolean;
  /** Something was heard at least once. */
  readonly known: boolean;
  readonly title: string;
  readonly ask: "nothing" | "name" | "email";
  readonly messages: readonly Said[];
  readonly waiting: readonly Waiting[];
  readonly typing: string | null;
  readonly read: number;
  /** What was there when this page came. */
  readonly seenBefore: number;
}

export interface Who {
  readonly name?: string;
  readonly email?: string;
}

export class Line {
  shown: Shown = {
    connected: false,
    known: false,
    title: "",
    ask: "nothing",
    state: "new",
    agent: null,
    away: null,
    messages: [],
    waiting: [],
    typing: null,
    read: 0,
    seenBefore: 0,
  };
  private who: Who = {};
  private socket: WebSocket | null = null;
  private conversation: string | null = null;
  private last = 0;
  private failures = 0;
  private retry: number | undefined;
  private silence: number | undefined;
  private typingEnds: number | undefined;
  private inFlight: string | null = null;
  private readonly url: string;
  private readonly language: string;
  private readonly memory: Memory;
  private readonly changed: () => void;

  constructor(url: string, language: string, memory: Memory, changed: () => void) {
    this.url = url;
    this.language = language;
    this.memory = memory;
    this.changed = changed;
    this.shown = { ...this.shown, waiting: memory.get().outbox };
    window.addEventListener("online", () => this.tryNow());
    window.addEventListener("offline", () => this.drop());
  }

  /** Whether the customer was here before: then the talk is fetched at once. */
  get returning(): boolean {
    return this.memory.get().token !== null;
  }

  start(): void {
    if (this.socket === null) this.connect();
  }

  say(text: string, attachments: readonly Sent[] = []): void {
    const waiting = [...this.memory.get().outbox, { client_id: newId(), text, attachments }];
    this.memory.set({ outbox: waiting });
    this.show({ waiting });
    this.start();
    this.sendNext();
  }

  introduce(who: Who): void {
    this.who = { ...this.who, ...who };
    if (this.shown.connected) this.send({ type: "introduce", ...who });
  }

  types(on: boolean): void {
    if (this.conversation !== null) this.send({ type: "typing", on });
  }

  reads(): void {
    if (this.last > 0) this.send({ type: "read", seq: this.last });
  }

  /** The customer no longer waits for a person. */
  leave(): void {
    this.send({ type: "leave" });
  }

  tryNow(): void {
    if (this.socket !== null || (!this.shown.known && this.retry === undefined)) return;
    this.failures = 0;
    this.connect();
  }

  private connect(): void {
    window.clearTimeout(this.retry);
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.expectSomething();
    socket.onopen = () => {
      const token = this.memory.get().token;
      this.send({
        type: "hello",
        after: this.last,
        language: this.language,
        ...(token === null ? {} : { token }),
        ...(this.conversation === null ? {} : { conversation: this.conversation }),
        ...this.who,
      });
    };
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      if (socket !== this.socket) return;
      window.clearTimeout(this.silence);
      this.take(JSON.parse(data) as FromService);
    };
    socket.onclose = () => {
      if (socket === this.socket) this.lost();
    };
  }

  /** A half-open line never closes by itself. */
  private drop(): void {
    const socket = this.socket;
    if (socket === null) return;
    socket.onclose = null;
    socket.close();
    this.lost();
  }

  private lost(): void {
    window.clearTimeout(this.silence);
    this.socket = null;
    this.inFlight = null;
    this.show({ connected: false, typing: null });
    const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** this.failures);
    this.failures += 1;
    this.retry = window.setTimeout(() => this.connect(), pause * (0.5 + Math.random() / 2));
  }

  private expectSomething(): void {
    window.clearTimeout(this.silence);
    this.silence = window.setTimeout(() => this.drop(), SILENCE);
  }

  private send(frame: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  private sendNext(): void {
    const next = this.memory.get().outbox[0];
    if (!this.shown.connected || this.inFlight !== null || next === undefined) return;
    this.inFlight = next.client_id;
    const { attachments = [], ...said } = next;
    this.send({ type: "message", ...said, attachments: attachments.map(({ id }) => id) });
    this.expectSomething();
  }

  private take(frame: FromService): void {
    switch (frame.type) {
      case "hello": {
        const { state, agent, away, title, ask, messages, read } = frame;
        this.failures = 0;
        if (frame.conversation !== this.conversation) this.last = 0;
        const fresh = this.conversation !== null && frame.conversation !== this.conversation;
        this.conversation = frame.conversation;
        this.memory.set({ token: frame.token });
        const seenBefore = this.shown.known ? this.shown.seenBefore : (messages.at(-1)?.seq ?? 0);
        this.show({ connected: true, known: true, state, agent, away, title, ask, read, seenBefore });
        if (fresh) this.show({ messages: [] });
        this.add(messages);
        this.inFlight = null;
        this.sendNext(); return;
      }
      case "conversation":
        if (this.conversation !== null) this.show({ messages: [] });
        this.conversation = frame.conversation;
        this.last = 0;
        { this.show({ read: 0 }); return; }
      case "message":
        { this.add([frame]); return; }
      case "ack":
        { this.acknowledged(frame.client_id); return; }
      case "state":
        { this.show({ state: frame.state, agent: frame.agent, away: frame.away }); return; }
      case "typing":
        window.clearTimeout(this.typingEnds);
        this.typingEnds = window.setTimeout(() => this.show({ typing: null }), 6_000);
        { this.show({ typing: frame.on ? frame.name : null }); return; }
      case "read":
        { this.show({ read: Math.max(this.shown.read, frame.seq) }); return; }
      case "error":
        { this.refused(frame.client_id, frame.retry_ms); return; }
    }
  }

  private add(messages: readonly Said[]): void {
    const fresh = messages.filter(({ seq }) => seq > this.last);
    const newest = fresh.at(-1);
    if (newest === undefined) return;
    this.last = newest.seq;
    // What came back from the service is no longer waiting, acknowledged or not.
    const mine = new Set(fresh.map(({ client_id }) => client_id));
    const outbox = this.memory.get().outbox.filter(({ client_id }) => !mine.has(client_id));
    this.memory.set({ outbox });
    const spoke = fresh.some(({ author }) => author !== "customer");
    this.show({
      messages: [...this.shown.messages, ...fresh],
      waiting: outbox,
      ...(spoke ? { typing: null } : {}),
    });
    if (this.inFlight !== null && mine.has(this.inFlight)) this.answered();
  }

  /** It is stored; it is shown by its own frame, which may come a little later. */
  private acknowledged(clientId: string): void {
    const outbox = this.memory.get().outbox.filter(({ client_id }) => client_id !== clientId);
    this.memory.set({ outbox });
    if (this.inFlight === clientId) this.answered();
  }

  private answered(): void {
    this.inFlight = null;
    this.sendNext();
  }

  private refused(clientId: string | undefined, retry: number | undefined): void {
    if (clientId === undefined || clientId !== this.inFlight) return;
    if (retry === undefined) {
      this.acknowledged(clientId); // it can never be sent
      this.show({ waiting: this.memory.get().outbox }); return;
    }
    window.setTimeout(() => this.answered(), retry);
  }

  private show(change: Partial<Shown>): void {
    this.shown = { ...this.shown, ...change };
    this.changed();
  }
}
