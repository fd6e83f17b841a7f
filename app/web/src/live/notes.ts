// Notes are saved as they are typed. A draft lives here, not in a component, so that turning to
// another conversation loses nothing.
import { api, Problem } from "../api/client";
import type { Conversation, Segment } from "../api/types";
import { moveSentence } from "../strings";
import { Store } from "./store";

/** Milliseconds without a key before what was typed is sent, and between tries that failed. */
const PAUSE = 500;
const AGAIN = 3_000;

/** Drafts kept; the oldest go first. */
const KEPT = 50;

export interface Draft {
  readonly text: string;
  readonly state: "typing" | "saving" | "saved" | "failed";
  /** Why it could not be saved, in words. */
  readonly problem: string | null;
}

/** Notes belong to one segment: when a conversation comes to me again, they begin anew. */
export interface NotesOf {
  readonly conversationId: string;
  readonly segment: Segment;
}

export const drafts = new Store<ReadonlyMap<string, Draft>>(new Map());
const timers = new Map<string, number>();

export const draftKey = ({ conversationId, segment }: NotesOf): string =>
  `${conversationId}@${segment.from}`;

/** What stands in the field about the newest part of a conversation, saved or not yet. */
export function typedNotes({ id, segments }: Conversation): string | undefined {
  const segment = segments.at(-1);
  return segment && drafts.get().get(draftKey({ conversationId: id, segment }))?.text;
}

function put(key: string, draft: Draft): void {
  drafts.update((all) => {
    const next = new Map(all).set(key, draft);
    for (const oldest of next.keys()) {
      if (next.size <= KEPT) break;
      next.delete(oldest);
    }
    return next;
  });
}

export function typeNotes(of: NotesOf, text: string): void {
  put(draftKey(of), { text, state: "typing", problem: null });
  schedule(of, PAUSE);
}

function schedule(of: NotesOf, delay: number): void {
  const key = draftKey(of);
  window.clearTimeout(timers.get(key));
  timers.set(
    key,
    window.setTimeout(() => void save(of), delay),
  );
}

async function save(of: NotesOf): Promise<void> {
  const key = draftKey(of);
  const draft = drafts.get().get(key);
  if (!draft) return;
  const saving: Draft = { ...draft, state: "saving" };
  put(key, saving);
  const { again, ...result } = await attempt(of.conversationId, draft.text);
  // Typed on meanwhile, or closed: the later state stands.
  if (drafts.get().get(key) !== saving) return;
  put(key, { text: draft.text, ...result });
  if (again) schedule(of, AGAIN);
}

async function attempt(
  id: string,
  text: string,
): Promise<Omit<Draft, "text"> & { readonly again: boolean }> {
  try {
    await api.saveNotes(id, text);
    return { state: "saved", problem: null, again: false };
  } catch (error) {
    // What was refused will be refused again; what did not answer may answer next time.
    const refused = error instanceof Problem && error.status < 500;
    return { state: "failed", problem: moveSentence(error), again: !refused };
  }
}

/** What the notes say now, and nothing more is to be sent: the wrap-up carries them. */
export function takeNotes(of: NotesOf): string | undefined {
  const key = draftKey(of);
  window.clearTimeout(timers.get(key));
  return drafts.get().get(key)?.text;
}

export function forgetNotes(of: NotesOf): void {
  const key = draftKey(of);
  window.clearTimeout(timers.get(key));
  timers.delete(key);
  drafts.update((all) => {
    const rest = new Map(all);
    rest.delete(key);
    return rest;
  });
}
