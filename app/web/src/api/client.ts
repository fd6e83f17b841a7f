// The HTTP side of the API: one function per call the page makes.
import type {
  Audio,
  Conversation,
  ConversationList,
  DirectoryList,
  Me,
  Message,
  MessageList,
  NamedList,
  NewMessage,
  NewWhisper,
  PreferenceChanges,
  ProblemDocument,
  SipSession,
  SkillList,
  StatusChange,
  TalkRecordingList,
  Timeline,
  TransferTarget,
  WrapUpDone,
} from "./types";

const ROOT = "/api/v1";
const URN = "urn:ringdesk:problem:";
/** Milliseconds after which a call counts as not answered. */
const TIMEOUT = 10_000;

/** The service answered with a problem document (RFC 9457). */
export class Problem extends Error {
  readonly status: number;
  readonly document: ProblemDocument;

  constructor(status: number, document: ProblemDocument) {
    super(document.detail);
    this.status = status;
    this.document = document;
  }

  /** The last part of the type, such as `wrong-state`. */
  get kind(): string {
    return this.document.type.slice(URN.length);
  }
}

/** The service did not answer at all; whether the call took effect is not known. */
export class Unreachable extends Error {}

async function problemOf(response: Response): Promise<Problem> {
  const { headers, status, statusText } = response;
  const isProblem = headers.get("content-type")?.includes("json") ?? false;
  const document = isProblem
    ? ((await response.json()) as ProblemDocument)
    : ({ type: `${URN}unavailable`, title: statusText, status, detail: statusText } as const);
  return new Problem(status, document);
}

/** Resolves to the answer's JSON. Throws Problem, Unreachable. */
export async function call(
  method: string,
  path: string,
  body?: unknown,
  timeout = TIMEOUT,
): Promise<unknown> {
  const request: RequestInit = { method, signal: AbortSignal.timeout(timeout) };
  if (body !== undefined) {
    request.headers = { "content-type": "application/json" };
    request.body = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(ROOT + path, request);
  } catch (error) {
    throw new Unreachable(String(error));
  }
  if (!response.ok) throw await problemOf(response);
  return response.status === 204 ? undefined : response.json();
}

const conversation = (id: string, move: string): string =>
  `/conversations/${encodeURIComponent(id)}/${move}`;

export const api = {
  signIn: (email: string, password: string) => call("POST", "/session", { email, password }),
  signOut: () => call("DELETE", "/session"),
  me: () => call("GET", "/me") as Promise<Me>,
  setStatus: (change: StatusChange) => call("PUT", "/me/status", change),
  setPreferences: (change: PreferenceChanges) => call("PUT", "/me/preferences", change),
  connectLeg: (audio?: Audio) => call("POST", "/me/leg", audio ? { audio } : {}),
  sipSession: (tab: string) => call("POST", "/me/sip-session", { tab }) as Promise<SipSession>,
  disconnectLeg: () => call("DELETE", "/me/leg"),
  accept: (id: string) => call("POST", conversation(id, "accept"), {}),
  reject: (id: string) => call("POST", conversation(id, "reject"), {}),
  end: (id: string) => call("POST", conversation(id, "end"), {}),
  handBack: (id: string, notes?: string) =>
    call("POST", conversation(id, "hand-back"), notes === undefined ? {} : { notes }),
  requeue: (id: string) => call("POST", conversation(id, "requeue"), {}),
  hold: (id: string) => call("POST", conversation(id, "hold"), {}),
  unhold: (id: string) => call("POST", conversation(id, "unhold"), {}),
  mute: (id: string) => call("POST", conversation(id, "mute"), {}),
  pauseRecording: (id: string) => call("POST", conversation(id, "recording/pause"), {}),
  resumeRecording: (id: string) => call("POST", conversation(id, "recording/resume"), {}),
  recordings: (id: string) =>
    call("GET", conversation(id, "recordings")) as Promise<TalkRecordingList>,
  unmute: (id: string) => call("POST", conversation(id, "unmute"), {}),
  sendDigits: (id: string, digits: string) => call("POST", conversation(id, "dtmf"), { digits }),
  transfer: (id: string, to: TransferTarget) =>
    call("POST", conversation(id, "transfer"), { to, mode: "blind" }),
  consult: (id: string, to: TransferTarget) =>
    call("POST", conversation(id, "transfer"), { to, mode: "consult" }),
  swapConsult: (id: string) => call("POST", conversation(id, "transfer/swap"), {}),
  completeConsult: (id: string) => call("POST", conversation(id, "transfer/complete"), {}),
  cancelConsult: (id: string) => call("POST", conversation(id, "transfer/cancel"), {}),
  skills: () => call("GET", "/skills") as Promise<SkillList>,
  directory: () => call("GET", "/directory") as Promise<DirectoryList>,
  dispositions: () => call("GET", "/dispositions") as Promise<NamedList>,
  breakReasons: () => call("GET", "/break-reasons") as Promise<NamedList>,
  timeline: (id: string) => call("GET", conversation(id, "timeline")) as Promise<Timeline>,
  search: (query: URLSearchParams) =>
    call("GET", `/conversations?${query.toString()}`) as Promise<ConversationList>,
  conversation: (id: string) =>
    call("GET", `/conversations/${encodeURIComponent(id)}`) as Promise<Conversation>,
  messages: (id: string, after: number) =>
    call("GET", conversation(id, `messages?after=${after}`)) as Promise<MessageList>,
  write: (id: string, message: NewMessage) =>
    call("POST", conversation(id, "messages"), message) as Promise<Message>,
  whispers: (id: string, after: number) =>
    call("GET", conversation(id, `whispers?after=${after}`)) as Promise<MessageList>,
  whisper: (id: string, given: NewWhisper) => call("POST", conversation(id, "whispers"), given) as Promise<Message>,
  typing: (id: string, on: boolean) => call("POST", conversation(id, "typing"), { on }),
  read: (id: string, seq: number) => call("POST", conversation(id, "read"), { seq }),
  saveNotes: (id: string, notes: string) => call("PUT", conversation(id, "notes"), { notes }),
  wrapUp: (id: string, body: WrapUpDone) => call("POST", conversation(id, "wrap-up"), body),
} as const;

/** Whether the service answers, within `limit` milliseconds. */
export async function answers(limit: number): Promise<boolean> {
  try {
    const response = await fetch("/healthz", { signal: AbortSignal.timeout(limit) });
    return response.ok;
  } catch {
    return false;
  }
}
