// Files that the agent sends along: sent up at once, named in the next message.
import { Problem } from "../api/client";
import type { Attachment, ProblemDocument } from "../api/types";
import { chatWords } from "../strings/chat";
import { newId } from "./ids";
import { Store } from "./store";

export const MOST_FILES = 5;

export interface Upload {
  readonly key: string;
  readonly name: string;
  /** From 0 to 1. */
  readonly progress: number;
  readonly sent: Attachment | null;
  readonly problem: string | null;
}

type All = ReadonlyMap<string, readonly Upload[]>;

/** By conversation: turning to another loses nothing. */
export const uploads = new Store<All>(new Map());
const NONE: readonly Upload[] = [];
const requests = new Map<string, XMLHttpRequest>();

export const uploadsOf = (all: All, id: string): readonly Upload[] => all.get(id) ?? NONE;

function change(id: string, does: (before: readonly Upload[]) => readonly Upload[]): void {
  uploads.update((all) => new Map(all).set(id, does(uploadsOf(all, id))));
}

function set(id: string, key: string, values: Partial<Upload>): void {
  change(id, (before) => before.map((each) => (each.key === key ? { ...each, ...values } : each)));
}

function whyNot({ status, responseText }: XMLHttpRequest): string {
  if (status === 0 || status >= 500) return chatWords.notSent;
  try {
    return new Problem(status, JSON.parse(responseText) as ProblemDocument).message;
  } catch {
    return chatWords.notSent;
  }
}

/** Sends files up; the ones beyond what a message may carry are passed over. */
export function addFiles(id: string, files: Iterable<File>): void {
  for (const file of files) {
    if (uploadsOf(uploads.get(), id).length >= MOST_FILES) return;
    send(id, file);
  }
}

function send(id: string, file: File): void {
  const key = newId();
  const request = new XMLHttpRequest();
  requests.set(key, request);
  change(id, (before) => [...before, { key, name: file.name, progress: 0, sent: null, problem: null }]);
  request.open("POST", `/api/v1/attachments?${new URLSearchParams({ name: file.name }).toString()}`);
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.upload.onprogress = ({ loaded, total }) => set(id, key, { progress: loaded / total });
  request.onloadend = () => {
    requests.delete(key);
    if (request.status === 201) set(id, key, { sent: JSON.parse(request.responseText) as Attachment });
    else set(id, key, { problem: whyNot(request) });
  };
  request.send(file);
}

export function removeFile(id: string, key: string): void {
  change(id, (before) => before.filter((each) => each.key !== key));
  requests.get(key)?.abort();
}

/** What goes with the message; nothing of it stays here. */
export function takeFiles(id: string): Attachment[] {
  const found = uploadsOf(uploads.get(), id).flatMap(({ sent }) => (sent === null ? [] : [sent]));
  change(id, () => NONE);
  return found;
}

export const isBusy = (all: readonly Upload[]): boolean =>
  all.some(({ sent, problem }) => sent === null && problem === null);
