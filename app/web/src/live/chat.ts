// Written conversations: what was said, what is on its way, and how far each side has read.
//
// Messages are not in the event stream's order: they have numbers of their own. A gap is fetched,
// what is there already is passed over, and after a lost line every open thread is fetched on.
import { api, Problem } from "../api/client";
import type { Attachment, Conversation, LiveEvent, Message, MessageAdded, MessageRead, MessageTyping } from "../api/types";
import { moveSentence } from "../strings";
import { desk, listenTo } from "./desk";
import { newId } from "./ids";
import { Store } from "./store";

/** Milliseconds between tries of what did not get through, and that "is writing" is shown. */
const AGAIN = 1_500;
const TYPING = 6_000;
const TYPING_EVERY = 3_000;
const KEPT = "ringdesk.chat.outbox";

export interface Pending {
  readonly client_id: string;
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** Why it was refused, in words; null while it is on its way. */
  readonly problem: string | null;
}

export interface Thread {
  readonly messages: readonly Message[];
  readonly pending: readonly Pending[];
  readonly loaded: boolean;
  readonly typing: boolean;
  /** How far the customer has read, and how far we have. */
  readonly customerRead: number;
  readonly ownRead: number;
  readonly draft: string;
}

const NEW: Thread = {
  messages: [],
  pending: [],
  loaded: false,
  typing: false,
  customerRead: 0,
  ownRead: 0,
  draft: "",
};

export const threads = new Store<ReadonlyMap<string, Thread>>(new Map());

export const threadOf = (all: ReadonlyMap<string, Thread>, id: string): Thread => all.get(id) ?? NEW;

function change(id: string, does: (thread: Thread) => Partial<Thread>): void {
  threads.update((all) => {
    const before = threadOf(all, id);
    return new Map(all).set(id, { ...before, ...does(before) });
  });
}

const lastSeq = ({ messages }: Thread): number => messages.at(-1)?.seq ?? 0;

export const isWritten = ({ channel }: Conversation): boolean => channel !== "voice";

/** Messages of the customer that nobody on our side has seen. */
export const unreadOf = ({ messages, ownRead }: Thread): number =>
  messages.filter(({ author, seq }) => author === "customer" && seq > ownRead).length;

// -- what comes in

function add(id: string, fresh: readonly Message[]): void {
  change(id, (thread) => {
    const last = lastSeq(thread);
    const added = fresh.filter(({ seq }) => seq > last);
    if (added.length === 0) return {};
    const there = new Set(added.map(({ client_id }) => client_id));
    const pending = thread.pending.filter(({ client_id }) => !there.has(client_id));
    const spoke = added.some(({ author }) => author === "customer");
    const messages = [...thread.messages, ...added];
    return { messages, pending, ...(spoke ? { typing: false } : {}) };
  });
}

const loading = new Map<string, Promise<void>>();
/** The newest message that was told of: an answer under way may be older. */
const newest = new Map<string, number>();

/** Fetches what is missing at the end. */
export function load(id: string): Promise<void> {
  const running = loading.get(id);
  if (running) return running;
  const started = fetchOn(id).then((fetched) => {
    loading.delete(id);
    const behind = lastSeq(threadOf(threads.get(), id)) < (newest.get(id) ?? 0);
    return fetched && behind ? load(id) : undefined;
  });
  loading.set(id, started);
  return started;
}

/** Resolves to whether the service answered. */
async function fetchOn(id: string): Promise<boolean> {
  try {
    let next: number | null = lastSeq(threadOf(threads.get(), id));
    while (next !== null) {
      const page = await api.messages(id, next);
      add(id, page.items);
      const { customer = 0, desk: own = 0 } = page.read as { customer?: number; desk?: number };
      change(id, (thread) => ({
        loaded: true,
        customerRead: Math.max(thread.customerRead, customer),
        ownRead: Math.max(thread.ownRead, own),
      }));
      next = page.next;
    }
    return true;
  } catch (error) {
    const gone = error instanceof Problem && error.status < 500;
    if (!gone) window.setTimeout(() => void load(id), AGAIN);
    return false;
  }
}

function onAdded({ conversation_id: id, message }: MessageAdded): void {
  newest.set(id, Math.max(newest.get(id) ?? 0, message.seq));
  const thread = threadOf(threads.get(), id);
  if (thread.loaded && message.seq === lastSeq(thread) + 1) add(id, [message]);
  else if (message.seq > lastSeq(thread)) void load(id);
}

const typingEnds = new Map<string, number>();

function onTyping({ conversation_id: id, side, on }: MessageTyping): void {
  if (side !== "customer") return;
  window.clearTimeout(typingEnds.get(id));
  change(id, () => ({ typing: on }));
  typingEnds.set(
    id,
    window.setTimeout(() => change(id, () => ({ typing: false })), TYPING),
  );
}

function onRead({ conversation_id: id, side, seq }: MessageRead): void {
  change(id, (thread) =>
    side === "customer"
      ? { customerRead: Math.max(thread.customerRead, seq) }
      : { ownRead: Math.max(thread.ownRead, seq) },
  );
}

function onEvent(event: LiveEvent): void {
  switch (event.type) {
    case "message.added":
      { onAdded(event.data); return; }
    case "message.typing":
      { onTyping(event.data); return; }
    case "message.read":
      { onRead(event.data); return; }
    case "snapshot":
    case "resumed":
      for (const [id, { loaded }] of threads.get()) if (loaded) void load(id);
  }
}

/** My own chats are fetched before they are opened: unread marks need them. */
function fetchMine(): void {
  const { live, session } = desk.get();
  if (session !== "in") {
    if (threads.get().size > 0) threads.set(new Map());
    return;
  }
  for (const each of live.conversations.values()) {
    if (!isWritten(each) || each.state !== "active" || each.agent?.id !== live.me?.id) continue;
    if (!threadOf(threads.get(), each.id).loaded) void load(each.id);
    restore(each.id);
  }
}

// -- what goes out

/** What was not acknowledged outlives a reload of the page. */
function keep(): void {
  const kept = [...threads.get()].flatMap(([id, { pending }]) =>
    pending.filter(({ problem }) => problem === null).map((each) => ({ id, ...each })),
  );
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
}

const restored = new Set<string>();

function restore(id: string): void {
  if (restored.has(id)) return;
  restored.add(id);
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]") as ({ readonly id: string } & Pending)[];
  const mine = kept.filter((each) => each.id === id);
  const pending = mine.map(({ client_id, text, attachments }) => ({ client_id, text, attachments, problem: null }));
  if (pending.length === 0) return;
  change(id, (thread) => ({ pending: [...pending, ...thread.pending] }));
  void sendAll(id);
}

/** Shows it at once; it is sent until the service has it. */
export function say(id: string, text: string, attachments: readonly Attachment[] = []): void {
  const message = { client_id: newId(), text, attachments, problem: null };
  change(id, ({ pending }) => ({ pending: [...pending, message], draft: "" }));
  typedAt.delete(id);
  keep();
  void sendAll(id);
}

const sending = new Set<string>();

/** One after the other, so that their order is the agent's. */
async function sendAll(id: string): Promise<void> {
  if (sending.has(id)) return;
  sending.add(id);
  for (;;) {
    const next = threadOf(threads.get(), id).pending.find(({ problem }) => problem === null);
    if (!next) break;
    await sendOne(id, next);
    keep();
  }
  sending.delete(id);
}

async function sendOne(id: string, { client_id, text, attachments }: Pending): Promise<void> {
  try {
    const message = await api.write(id, { client_id, text, attachments: attachments.map((file) => file.id) });
    onAdded({ conversation_id: id, message });
    const drop = (each: Pending): boolean => each.client_id !== client_id;
    // Its own event shows it; until the messages before it are fetched it stays shown as sent.
    await load(id);
    change(id, ({ pending }) => ({ pending: pending.filter(drop) }));
  } catch (error) {
    const refused = error instanceof Problem && error.status < 500 && error.status !== 429;
    if (!refused) {
      await new Promise((resolve) => window.setTimeout(resolve, AGAIN));
      return;
    }
    const problem = moveSentence(error);
    change(id, ({ pending }) => ({
      pending: pending.map((each) => (each.client_id === client_id ? { ...each, problem } : each)),
    }));
  }
}

/** Takes a refused message back into the composer. */
export function takeBack(id: string, { client_id, text }: Pending): void {
  change(id, ({ pending, draft }) => ({
    pending: pending.filter((each) => each.client_id !== client_id),
    draft: draft || text,
  }));
}

const typedAt = new Map<string, number>();

/** What is typed belongs to the conversation: turning to another loses nothing. */
export function type(id: string, draft: string): void {
  change(id, () => ({ draft }));
  const now = performance.now();
  if (draft === "" || now - (typedAt.get(id) ?? -Infinity) < TYPING_EVERY) return;
  typedAt.set(id, now);
  api.typing(id, true).catch(() => undefined); // a hint: the next key sends another
}

/** The agent has it before their eyes. */
export function seen(id: string): void {
  const thread = threadOf(threads.get(), id);
  const seq = lastSeq(thread);
  if (seq <= thread.ownRead) return;
  change(id, () => ({ ownRead: seq }));
  api.read(id, seq).catch(() => undefined); // told again with the next message
}

/** Once, at the start of the page. */
export function startChat(): void {
  listenTo(onEvent);
  desk.subscribe(fetchMine);
}
