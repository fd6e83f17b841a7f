// What the agent does to a conversation and to themselves. Each act shows at once, and is taken
// back with a sentence when the service refuses it.
import { api, Problem } from "../api/client";
import type {
  Conversation,
  PreferenceChanges,
  StatusChange,
  TransferTarget,
  WrapUpDone,
} from "../api/types";
import { answerHere, headsetOff, openWebAudio } from "../phone/phone";
import { goToInbox } from "../router";
import { moveSentence, problemSentence } from "../strings";
import { typedNotes } from "./notes";
import { addPending, desk, dropPending, leave, notify, select } from "./desk";
import { keyOf, pendingMove, type MoveName, type PendingLeg, type PendingMove } from "./optimism";

/** Milliseconds an act may stay shown without an event that confirms it. */
const UNCONFIRMED = 5_000;

function tell(error: unknown, inWords = problemSentence): void {
  if (error instanceof Problem && error.status === 401) leave();
  else notify(inWords(error));
}

/** The moves whose answer is still to come; one that follows them waits for it. */
const underWay = new Map<string, Promise<unknown>>();

async function move(
  name: MoveName,
  conversation: Conversation,
  send: (id: string) => Promise<unknown>,
): Promise<boolean> {
  const key = keyOf(name, conversation.id);
  if (desk.get().moves.get(key)?.name === name) return false;
  const before = underWay.get(key);
  const pending = pendingMove(name, conversation, Date.now());
  // Asked before it is shown: drawing takes longer than the way to the service.
  const answer = before ? before.then(() => send(conversation.id)) : send(conversation.id);
  addPending(pending);
  const settled = answer.catch(() => undefined);
  underWay.set(key, settled);
  void settled.then(() => underWay.get(key) === settled && underWay.delete(key));
  try {
    await answer;
    window.setTimeout(() => dropPending(pending), UNCONFIRMED);
    return true;
  } catch (error) {
    withdraw(pending, error);
    return false;
  }
}

function withdraw(pending: PendingMove, error: unknown): void {
  dropPending(pending);
  tell(error, moveSentence);
}

export function accept(conversation: Conversation): void {
  // the headset rings for it: answering accepts
  if (!answerHere()) void move("accept", conversation, api.accept);
  select(conversation.id);
  goToInbox();
}

export function reject(conversation: Conversation): void {
  void move("reject", conversation, api.reject);
}

export function end(conversation: Conversation): void {
  void move("end", conversation, api.end);
}

export function requeue(conversation: Conversation): void {
  void move("requeue", conversation, api.requeue);
}

/** To the AI that the customer came from, with my notes as typed, to the last word. */
export function handBack(conversation: Conversation): void {
  void move("handBack", conversation, (id) => api.handBack(id, typedNotes(conversation)));
}

/** The customer waits with music, or comes back. */
export function toggleHold(conversation: Conversation): void {
  if (conversation.held) void move("unhold", conversation, api.unhold);
  else void move("hold", conversation, api.hold);
}

/** The customer does not hear me, or does again. */
export function toggleMute(conversation: Conversation): void {
  if (conversation.muted) void move("unmute", conversation, api.unmute);
  else void move("mute", conversation, api.mute);
}

/** Digits go out in the order in which they were pressed: each waits for the one before. */
let digitsUnderWay: Promise<void> = Promise.resolve();

/** Sends digits to the customer. */
export function sendDigits(conversation: Conversation, digits: string): void {
  digitsUnderWay = digitsUnderWay.then(async () => {
    try {
      await api.sendDigits(conversation.id, digits);
    } catch (error) {
      tell(error, moveSentence);
    }
  });
}

/** Resolves to whether the call was passed on. */
export function transfer(conversation: Conversation, to: TransferTarget): Promise<boolean> {
  select(conversation.id);
  return move("transfer", conversation, (id) => api.transfer(id, to));
}

/** Asks somebody while the customer waits with music. */
export function consult(conversation: Conversation, to: TransferTarget): Promise<boolean> {
  select(conversation.id);
  return move("consult", conversation, (id) => api.consult(id, to));
}

/** The customer and whom I consult change places. */
export function swapConsult(conversation: Conversation): void {
  void move("swap", conversation, api.swapConsult);
}

/** The customer goes to whom I consult. */
export function completeConsult(conversation: Conversation): void {
  void move("complete", conversation, api.completeConsult);
}

/** Whom I consult is let go, and I talk to the customer. */
export function cancelConsult(conversation: Conversation): void {
  void move("cancelConsult", conversation, api.cancelConsult);
}

/** Resolves to whether the wrap-up was closed. */
export function closeWrapUp(conversation: Conversation, body: WrapUpDone): Promise<boolean> {
  return move("wrapUp", conversation, (id) => api.wrapUp(id, body));
}

export async function setStatus(change: StatusChange): Promise<void> {
  const pending = { status: change.status, when: change.when ?? "now" };
  desk.update((state) => ({ ...state, status: pending }));
  const drop = (): void =>
    desk.update((state) => (state.status === pending ? { ...state, status: null } : state));
  try {
    await api.setStatus(change);
    window.setTimeout(drop, UNCONFIRMED);
  } catch (error) {
    drop();
    tell(error);
  }
}

export async function setLeg(wish: PendingLeg["wish"]): Promise<void> {
  const before = desk.get().live.me?.leg;
  if (!before) return;
  if (wish === "connect" && before.audio === "web") {
    openWebAudio(); // it is the page that connects it
    return;
  }
  const pending = { wish, before };
  desk.update((state) => ({ ...state, leg: pending }));
  const drop = (): void =>
    desk.update((state) => (state.leg === pending ? { ...state, leg: null } : state));
  if (wish === "disconnect" && before.audio === "web") headsetOff();
  try {
    await (wish === "connect" ? api.connectLeg() : api.disconnectLeg());
    window.setTimeout(drop, UNCONFIRMED);
  } catch (error) {
    drop();
    tell(error);
  }
}

/** Resolves to null, or to the sentence that says why the preferences were not saved. */
export async function savePreferences(change: PreferenceChanges): Promise<string | null> {
  try {
    await api.setPreferences(change);
    return null;
  } catch (error) {
    if (error instanceof Problem && error.status === 401) leave();
    return problemSentence(error);
  }
}

export async function signOut(): Promise<void> {
  try {
    await api.signOut();
    leave();
  } catch (error) {
    tell(error);
  }
}
