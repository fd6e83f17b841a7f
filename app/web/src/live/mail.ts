// Emails: what they have beside their messages, and the answer that is being written.
//
// A draft is the conversation's: it is kept by the service as it is typed, so that it outlives the
// tab and goes along when somebody else gets the email.
import { call, Problem } from "../api/client";
import type { LiveEvent } from "../api/types";
import type { components } from "../generated/api";
import { load as loadMessages } from "./chat";
import { newId } from "./ids";
import { listenTo } from "./desk";
import { Store } from "./store";

type Schemas = components["schemas"];
export type MailItem = Schemas["MailItem"];
export type MailReply = Schemas["MailReply"];
export type EmailList = Schemas["EmailList"];
export type Address = Schemas["Address"];
export type FileRef = Schemas["Attachment"];

export interface Form {
  /** The same for each try of one email, so that it is sent once. */
  readonly clientId: string;
  readonly to: string;
  readonly cc: string;
  readonly bcc: string;
  readonly subject: string;
  readonly text: string;
  readonly files: readonly FileRef[];
  readonly quote: boolean;
  readonly signature: boolean;
}

export interface Mail {
  readonly list: EmailList | null;
  readonly form: Form | null;
  /** Somebody has written in it, here or in a draft. */
  readonly touched: boolean;
  /** When the draft was kept, and whose it was; null while something is not kept yet. */
  readonly savedAt: string | null;
  readonly draftBy: string | null;
  readonly uploading: readonly string[];
  readonly problem: string | null;
  readonly busy: boolean;
}

const NEW: Mail = { list: null, form: null, touched: false, savedAt: null, draftBy: null, uploading: [], problem: null, busy: false };
/** Milliseconds without a key until a draft is kept, and between tries. */
const SAVE = 700;
const AGAIN = 2_000;
const UPLOAD_TIMEOUT = 120_000;

export const mails = new Store<ReadonlyMap<string, Mail>>(new Map());
export const mailOf = (all: ReadonlyMap<string, Mail>, id: string): Mail => all.get(id) ?? NEW;
const now = (id: string): Mail => mailOf(mails.get(), id);

function change(id: string, changed: Partial<Mail>): void {
  mails.update((all) => new Map(all).set(id, { ...mailOf(all, id), ...changed }));
}

const path = (id: string, what: string): string => `/conversations/${encodeURIComponent(id)}/${what}`;

export const written = ({ address, name }: Address): string => (name ? `"${name.replaceAll('"', "'")}" <${address}>` : address);
export const writtenAll = (some: readonly Address[]): string => some.map(written).join(", ");

/** Addresses as people type them; a string is a piece that is none. */
export function addressesOf(text: string): readonly (Address | string)[] {
  const pieces = text.match(/(?:"[^"]*"|[^",;\n])+/g) ?? [];
  return pieces
    .map((piece) => piece.trim())
    .filter(Boolean)
    .map((piece) => {
      const [, name = "", inside = ""] = /^(.*?)<([^<>]*)>$/.exec(piece) ?? [];
      const address = (inside || piece).trim();
      if (!/^[^\s@<>"]+@[^\s@<>"]+$/.test(address)) return piece;
      return { address, name: name.trim().replace(/^"(.*)"$/, "$1") };
    });
}

// -- what is there

/** By conversation; an answer that a newer reading has overtaken is dropped. */
const readings = new Map<string, number>();

export async function loadMail(id: string): Promise<void> {
  // known from now on: an email that comes while this is read is read as well
  if (!mails.get().has(id)) change(id, {});
  const reading = (readings.get(id) ?? 0) + 1;
  readings.set(id, reading);
  try {
    const list = (await call("GET", path(id, "emails"))) as EmailList;
    if (readings.get(id) !== reading) return;
    const { draft } = list;
    change(id, { list });
    // Nobody has written yet: the answer is to the newest email.
    if (!now(id).touched) {
      change(id, { form: formOf(list), touched: draft !== null, savedAt: draft?.at ?? null, draftBy: draft?.agent.name ?? null });
    }
  } catch (error) {
    if (!(error instanceof Problem && error.status < 500)) window.setTimeout(() => void loadMail(id), AGAIN);
  }
}

function formOf({ draft, reply }: EmailList): Form {
  const { to, cc, bcc, subject, text, quote } = draft ?? {
    to: writtenAll(reply.to), cc: "", bcc: "", subject: reply.subject, text: "", quote: true,
  };
  return { clientId: newId(), to, cc, bcc, subject, text, quote, files: draft?.attachments ?? [], signature: true };
}

function onEvent(event: LiveEvent): void {
  if (event.type === "snapshot" || event.type === "resumed") {
    for (const id of mails.get().keys()) void loadMail(id);
  } else if (event.type === "email.changed" || event.type === "message.added") {
    const { conversation_id: id } = event.data;
    if (mails.get().has(id)) void loadMail(id);
  }
}

/** Once, at the start of the page. */
export function startMail(): void {
  listenTo(onEvent);
}

// -- what is written

const timers = new Map<string, number>();

export function edit(id: string, changed: Partial<Form>): void {
  const { form } = now(id);
  if (!form) return;
  change(id, { form: { ...form, ...changed }, savedAt: null, problem: null, touched: true });
  window.clearTimeout(timers.get(id));
  timers.set(id, window.setTimeout(() => void save(id), SAVE));
}

async function save(id: string): Promise<void> {
  const { form } = now(id);
  if (!form) return;
  const { to, cc, bcc, subject, text, quote, files } = form;
  try {
    const attachments = files.map((file) => file.id);
    await call("PUT", path(id, "draft"), { to, cc, bcc, subject, text, quote, attachments });
    if (now(id).form === form) change(id, { savedAt: new Date().toISOString() });
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return;
    timers.set(id, window.setTimeout(() => void save(id), AGAIN));
  }
}

/** Begins anew, as if nothing had been written. */
export async function discard(id: string): Promise<void> {
  window.clearTimeout(timers.get(id));
  const { list } = now(id);
  if (list) change(id, { form: formOf({ ...list, draft: null }), touched: false, savedAt: null, draftBy: null, problem: null });
  await call("DELETE", path(id, "draft")).catch(() => undefined); // the next key writes over it
}

/** Sends files up one after the other; `refused` says what was not taken. */
export async function attach(id: string, files: readonly File[], refused: (name: string, why: unknown) => string): Promise<void> {
  for (const file of files) {
    change(id, { uploading: [...now(id).uploading, file.name] });
    try {
      const made = await upload(file);
      edit(id, { files: [...(now(id).form?.files ?? []), made] });
    } catch (error) {
      change(id, { problem: refused(file.name, error) });
    }
    change(id, { uploading: now(id).uploading.filter((name) => name !== file.name) });
  }
}

async function upload(file: File): Promise<FileRef> {
  const response = await fetch(`/api/v1/attachments?${new URLSearchParams({ name: file.name }).toString()}`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: file,
    signal: AbortSignal.timeout(UPLOAD_TIMEOUT),
  });
  if (response.ok) return (await response.json()) as FileRef;
  const told = (await response.json().catch(() => ({}))) as { readonly detail?: string };
  throw new Error(told.detail ?? response.statusText);
}

export async function sendMail(
  id: string,
  given: { readonly to: readonly Address[]; readonly cc: readonly Address[]; readonly bcc: readonly Address[] },
  sentence: (error: unknown) => string,
): Promise<void> {
  const { form, busy } = now(id);
  if (!form || busy) return;
  window.clearTimeout(timers.get(id));
  change(id, { busy: true, problem: null });
  const { clientId, subject, text, quote, signature, files } = form;
  try {
    const attachments = files.map((file) => file.id);
    await call("POST", path(id, "emails"), { client_id: clientId, ...given, subject, text, quote, signature, attachments }, UPLOAD_TIMEOUT);
    change(id, { form: null, touched: false, busy: false, savedAt: null, draftBy: null });
    await Promise.all([loadMail(id), loadMessages(id)]);
  } catch (error) {
    change(id, { busy: false, problem: sentence(error) });
  }
}
