// What supervisors and the agent of a chat or email write to each other, unseen by the customer.
//
// Like messages they have numbers of their own: a gap is fetched, what is there already is passed
// over, and after a lost line every open list is fetched on.
import { api, Problem } from "../api/client";
import type { LiveEvent, Message, MessageAdded } from "../api/types";
import { moveSentence, nameOf } from "../strings";
import { whisperWords as said } from "../strings/whispers";
import { desk, listenTo, notify } from "./desk";
import { newId } from "./ids";
import { Store } from "./store";

/** Milliseconds between tries of what did not get through. */
const AGAIN = 1_500;

interface OnItsWay {
  readonly client_id: string;
  readonly text: string;
}

export interface Whispered {
  readonly items: readonly Message[];
  readonly pending: readonly OnItsWay[];
  readonly draft: string;
}

const NONE: Whispered = { items: [], pending: [], draft: "" };

export const whispers = new Store<ReadonlyMap<string, Whispered>>(new Map());

export const whisperedIn = (all: ReadonlyMap<string, Whispered>, id: string): Whispered => all.get(id) ?? NONE;

const of = (id: string): Whispered => whisperedIn(whispers.get(), id);

function change(id: string, does: (before: Whispered) => Partial<Whispered>): void {
  whispers.update((all) => {
    const before = whisperedIn(all, id);
    return new Map(all).set(id, { ...before, ...does(before) });
  });
}

const lastSeq = ({ items }: Whispered): number => items.at(-1)?.seq ?? 0;

function add(id: string, fresh: readonly Message[]): void {
  change(id, (before) => {
    const added = fresh.filter(({ seq }) => seq > lastSeq(before));
    const there = new Set(added.map(({ client_id }) => client_id));
    const pending = before.pending.filter(({ client_id }) => !there.has(client_id));
    return added.length === 0 ? {} : { items: [...before.items, ...added], pending };
  });
}

const loading = new Map<string, Promise<void>>();
/** Conversations that are on the screen; more than one component may show the same. */
const shown = new Map<string, number>();

/** Fetches what is missing at the end. */
function load(id: string): Promise<void> {
  const running = loading.get(id);
  if (running) return running;
  const started = fetchOn(id).finally(() => loading.delete(id));
  loading.set(id, started);
  return started;
}

async function fetchOn(id: string): Promise<void> {
  try {
    let next: number | null = lastSeq(of(id));
    while (next !== null) {
      const page = await api.whispers(id, next);
      add(id, page.items);
      next = page.next;
    }
  } catch (error) {
    const gone = error instanceof Problem && error.status < 500;
    if (!gone && shown.has(id)) window.setTimeout(() => void load(id), AGAIN);
  }
}

/** Somebody looks at them; the answer ends that. */
export function watchWhispers(id: string): () => void {
  shown.set(id, (shown.get(id) ?? 0) + 1);
  void load(id);
  return () => {
    const left = (shown.get(id) ?? 1) - 1;
    if (left > 0) shown.set(id, left);
    else shown.delete(id);
  };
}

/** What is said to an agent who looks at something else is told all the same. */
function onAdded({ conversation_id: id, message }: MessageAdded): void {
  const { me, conversations } = desk.get().live;
  const conversation = conversations.get(id);
  const before = lastSeq(of(id));
  if (message.seq === before + 1) add(id, [message]);
  else if (message.seq > before) void load(id);
  if (message.seq <= before || shown.has(id) || !conversation || !me) return;
  if (conversation.agent?.id !== me.id || message.author_id === me.id) return;
  notify(said.told(message.name ?? said.somebody, nameOf(conversation), message.text));
}

function onEvent(event: LiveEvent): void {
  if (event.type === "whisper.added") onAdded(event.data);
  else if (event.type === "snapshot" || event.type === "resumed") for (const id of shown.keys()) void load(id);
}

export function draftWhisper(id: string, draft: string): void {
  change(id, () => ({ draft }));
}

/** Shows it at once; it is sent until the service has it, or refuses it. */
export function whisper(id: string, text: string): void {
  change(id, ({ pending }) => ({ pending: [...pending, { client_id: newId(), text }], draft: "" }));
  void sendAll(id);
}

const sending = new Set<string>();

/** One after the other, in the order in which they were written. */
async function sendAll(id: string): Promise<void> {
  if (sending.has(id)) return;
  sending.add(id);
  for (let next = of(id).pending[0]; next; next = of(id).pending[0]) await sendOne(id, next);
  sending.delete(id);
}

async function sendOne(id: string, { client_id, text }: OnItsWay): Promise<void> {
  const drop = ({ pending }: Whispered) => pending.filter((each) => each.client_id !== client_id);
  try {
    const message = await api.whisper(id, { client_id, text });
    if (message.seq === lastSeq(of(id)) + 1) add(id, [message]);
    else await load(id);
    change(id, (before) => ({ pending: drop(before) }));
  } catch (error) {
    const refused = error instanceof Problem && error.status < 500 && error.status !== 429;
    if (!refused) return new Promise((resolve) => window.setTimeout(resolve, AGAIN));
    change(id, (before) => ({ pending: drop(before), draft: before.draft || text }));
    notify(moveSentence(error));
  }
}

/** Nothing is left for whoever signs in next at this screen. */
function forget(): void {
  if (desk.get().session !== "in" && whispers.get().size > 0) whispers.set(new Map());
}

/** Once, at the start of the page. */
export function startWhispers(): void {
  listenTo(onEvent);
  desk.subscribe(forget);
}
