// Notes are saved as they are typed. A draft lives here, not in a component, so that turning to
// another conversation loses nothing.
import { api } from "../api/client";
import { problemSentence } from "../strings";
import { Store } from "./store";

/** Milliseconds without a key before what was typed is sent, and between tries that failed. */
const PAUSE = 500;
const AGAIN = 3_000;

export interface Draft {
  readonly text: string;
  readonly state: "typing" | "saving" | "saved" | "failed";
  /** Why it could not be saved, in words. */
  readonly problem: string | null;
}

export const drafts = new Store<ReadonlyMap<string, Draft>>(new Map());
const timers = new Map<string, number>();

function put(id: string, draft: Draft): void {
  drafts.update((all) => new Map(all).set(id, draft));
}

export function typeNotes(id: string, text: string): void {
  put(id, { text, state: "typing", problem: null });
  schedule(id, PAUSE);
}

function schedule(id: string, delay: number): void {
  window.clearTimeout(timers.get(id));
  timers.set(
    id,
    window.setTimeout(() => void save(id), delay),
  );
}

async function save(id: string): Promise<void> {
  const draft = drafts.get().get(id);
  if (!draft) return;
  const saving: Draft = { ...draft, state: "saving" };
  put(id, saving);
  const result = await attempt(id, draft.text);
  // Typed on meanwhile, or closed: the later state stands.
  if (drafts.get().get(id) !== saving) return;
  put(id, { text: draft.text, ...result });
  if (result.state === "failed") schedule(id, AGAIN);
}

async function attempt(id: string, text: string): Promise<Omit<Draft, "text">> {
  try {
    await api.saveNotes(id, text);
    return { state: "saved", problem: null };
  } catch (error) {
    return { state: "failed", problem: problemSentence(error) };
  }
}

/** What the notes say now, and nothing more is to be sent: the wrap-up carries them. */
export function takeNotes(id: string): string | undefined {
  window.clearTimeout(timers.get(id));
  return drafts.get().get(id)?.text;
}

export function forgetNotes(id: string): void {
  window.clearTimeout(timers.get(id));
  timers.delete(id);
  drafts.update((all) => {
    const rest = new Map(all);
    rest.delete(id);
    return rest;
  });
}
