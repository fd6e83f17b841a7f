// The phone in this tab: does what `decide` names, and feeds the machine with what came of it.
import { api, Problem, Unreachable } from "../api/client";
import type { Me } from "../api/types";
import { delayAfter } from "../live/backoff";
import { desk } from "../live/desk";
import { Store } from "../live/store";
import { changeScreen, screenSettings } from "../settings";
import { isDialling } from "../strings";
import { openMicrophone, problemOf, stop, playOn } from "./devices";
import { Ownership } from "./ownership";
import type { SipListener, SipPhone } from "./sip";
import { decide, next, OFF, type Action, type PhoneEvent, type PhoneState, type Seen } from "./state";

/** The service's close codes: another tab has the phone; the sign-in is over. */
const REPLACED = 4409;
const SIGNED_OUT = 4401;
/** Milliseconds that the service may show no leg before a call here counts as over: after a
 *  restart its picture is empty for a moment, while people talk on. */
const DOUBT = 3_000;
/** A timer that is so late has slept (milliseconds). */
const BEAT = 2_000;
const SLEPT = 8_000;
/** Remembers across a reload of this tab that it had the phone. */
const KEPT = "ringdesk.phone";

export const phone = new Store<PhoneState>(OFF);
/** The modal is open. */
export const webAudio = new Store(false);
/** The echo test runs. */
export const echo = new Store(false);
export const openWebAudio = (): void => webAudio.set(true);

let ownership: Ownership | null = null;
let sip: SipPhone | null = null;
let microphone: MediaStream | null = null;
let steal = false;
let failures = 0;
let retry: number | undefined;
/** Counts connections, so that what an old one still says is not heard. */
let turn = 0;
const player = new Audio();
player.autoplay = true;

/** A page that came over plain http has none. */
const devices = (): MediaDevices | undefined => navigator.mediaDevices;

/** Follows the desk from sign-in to sign-out; returns how to stop. */
export function startPhone(agentId: string): () => void {
  ownership = new Ownership(agentId, {
    occupied: () => dispatch({ of: "tab", name: "occupied" }),
    free: () => dispatch({ of: "tab", name: "free" }),
    off: () => wish(false),
  });
  const unfollow = desk.subscribe(follow);
  const beat = window.setInterval(wakeful(), BEAT);
  window.addEventListener("online", wake);
  window.addEventListener("pagehide", goodbye);
  window.addEventListener("pageshow", follow);
  devices()?.addEventListener("devicechange", changed);
  steal = false;
  if (sessionStorage.getItem(KEPT) === agentId) dispatch({ of: "wish", on: true });
  return () => {
    unfollow();
    window.clearInterval(beat);
    window.removeEventListener("online", wake);
    window.removeEventListener("pagehide", goodbye);
    window.removeEventListener("pageshow", follow);
    devices()?.removeEventListener("devicechange", changed);
    shut();
    ownership?.close();
    ownership = null;
    phone.set(OFF);
  };
}

/** The agent wants the headset in this tab, or not any more. */
export function wish(on: boolean): void {
  steal = on;
  failures = 0;
  const me = desk.get().live.me;
  if (on && me) sessionStorage.setItem(KEPT, me.id);
  else sessionStorage.removeItem(KEPT);
  dispatch({ of: "wish", on });
}

/** The agent disconnected their leg: no tab is to bring it back. */
export function headsetOff(): void {
  ownership?.off();
  wish(false);
}

/** Answers what rings here; false where nothing does. */
export function answerHere(): boolean {
  if (phone.get().call !== "ringing") return false;
  perform("answer");
  return true;
}

export function toggleEcho(): void {
  if (microphone) sip?.toggleEcho(microphone);
}

/** Another microphone or speaker, in the middle of a talk as well. */
export async function choose(change: { microphone?: string; speaker?: string }): Promise<void> {
  changeScreen(change);
  if (change.speaker !== undefined) await playOn(player, change.speaker);
  if (change.microphone === undefined || microphone === null) return;
  try {
    await take(await openMicrophone(change.microphone));
  } catch (error) {
    dispatch({ of: "problem", problem: problemOf(error) });
  }
}

/** Lets the browser play what it had blocked; a click is what it waits for. */
export async function unblock(): Promise<void> {
  await player.play();
  dispatch({ of: "problem", problem: null });
}

function seen(me: Me | null): Seen | null {
  if (me === null) return null;
  const { leg, load } = me;
  return {
    audio: leg.audio,
    kind: leg.kind,
    leg: leg.state,
    dialling: isDialling(leg.detail),
    talking: load.voice > 0,
  };
}

function dispatch(event: PhoneEvent): void {
  phone.update((state) => next(state, event));
  if (phone.get().tab === "elsewhere") sessionStorage.removeItem(KEPT);
  settle();
}

let followed: Me | null = null;
function follow(): void {
  const { me } = desk.get().live;
  if (me === followed) return;
  const left = followed?.leg.audio === "web" && me?.leg.audio !== "web";
  followed = me;
  if (me === null) return;
  if (left && phone.get().wanted) wish(false); // the agent chose another phone
  const now = seen(me);
  if (now) dispatch({ of: "seen", seen: now });
}

let doubt: number | undefined;
function settle(): void {
  window.clearTimeout(doubt);
  const action = decide(phone.get(), seen(desk.get().live.me));
  if (action === null) return;
  if (action === "hangUp") doubt = window.setTimeout(() => perform("hangUp"), DOUBT);
  else if (action === "open" || action === "connectLeg") later(action);
  else perform(action);
}

/** At once the first time, then after longer and longer pauses. */
function later(action: Action): void {
  if (retry !== undefined) return;
  const again = (): void => {
    retry = undefined;
    if (decide(phone.get(), seen(desk.get().live.me)) === action) perform(action);
    else settle();
  };
  const pause = failures === 0 ? 0 : Math.max(1_000, delayAfter(failures + 1, Math.random()));
  retry = window.setTimeout(again, pause);
}

function perform(action: Action): void {
  switch (action) {
    case "take":
      dispatch({ of: "tab", name: "take" });
      void ownership
        ?.take(steal)
        .then((taken) => dispatch({ of: "tab", name: taken ? "taken" : "occupied" }));
      return;
    case "open":
      failures += 1;
      dispatch({ of: "line", name: "open" });
      void open();
      return;
    case "connectLeg":
      failures += 1;
      void connectLeg();
      return;
    case "answer":
      dispatch({ of: "call", name: "answer" });
      if (microphone) sip?.answer(microphone);
      return;
    case "hangUp":
      sip?.hangUp();
      return;
    case "close":
      if (phone.get().tab !== "here") {
        goodbye(); // another tab has it, and the talk goes on there: a BYE would end it
        return;
      }
      shut();
      ownership?.release();
      dispatch({ of: "tab", name: "free" });
  }
}

async function open(): Promise<void> {
  turn += 1;
  const mine = turn;
  try {
    if (microphone === null) await take(await openMicrophone(screenSettings.get().microphone));
    await playOn(player, screenSettings.get().speaker);
    const [account, { SipPhone: Phone }] = await Promise.all([
      api.sipSession(crypto.randomUUID()),
      import("./sip"),
    ]);
    if (mine !== turn) return;
    sip = new Phone(account, listenerOf(mine));
    sip.start();
  } catch (error) {
    if (mine !== turn) return;
    if (!isOfTheService(error)) dispatch({ of: "problem", problem: problemOf(error) });
    dispatch({ of: "line", name: "close" });
  }
}

/** Not of the devices: it is tried again. */
const isOfTheService = (error: unknown): boolean =>
  error instanceof Problem || error instanceof Unreachable;

async function connectLeg(): Promise<void> {
  try {
    await api.connectLeg("web");
  } catch {
    // Refused or not answered: the leg stays down, and is asked for again after a pause.
  }
  settle();
}

function listenerOf(mine: number): SipListener {
  const heard = (act: () => void) => (): void => {
    if (mine === turn) act();
  };
  return {
    registered: heard(() => dispatch({ of: "line", name: "registered" })),
    refused: heard(() => {
      shut();
      settle();
    }),
    down: (code) => heard(() => lost(code))(),
    rings: heard(() => dispatch({ of: "call", name: "rings" })),
    up: heard(() => {
      failures = 0;
      dispatch({ of: "call", name: "up" });
      follow();
      const now = seen(desk.get().live.me);
      if (now) dispatch({ of: "seen", seen: now });
    }),
    ended: heard(() => dispatch({ of: "call", name: "ended" })),
    sound: (stream) => heard(() => void play(stream))(),
    echo: (on) => heard(() => echo.set(on))(),
  };
}

function lost(code: number | undefined): void {
  if (code === REPLACED) {
    dispatch({ of: "tab", name: "occupied" });
    ownership?.release();
  } else if (code === SIGNED_OUT) wish(false);
  else dispatch({ of: "line", name: "down" });
}

async function play(stream: MediaStream): Promise<void> {
  player.srcObject = stream;
  try {
    await player.play();
  } catch (error) {
    const blocked = error instanceof DOMException && error.name === "NotAllowedError";
    if (blocked) dispatch({ of: "problem", problem: "blocked" });
  }
}

async function take(stream: MediaStream): Promise<void> {
  const before = microphone;
  microphone = stream;
  const [track] = stream.getAudioTracks();
  if (track) track.onended = changed; // unplugged
  await sip?.use(stream);
  stop(before);
}

function changed(): void {
  const ended = microphone?.getAudioTracks().every((track) => track.readyState === "ended");
  const { microphone: chosen } = screenSettings.get();
  if (ended) void choose({ microphone: chosen });
}

function shut(): void {
  turn += 1;
  window.clearTimeout(retry);
  window.clearTimeout(doubt);
  retry = undefined;
  const old = sip;
  sip = null;
  old?.close();
  player.srcObject = null;
  stop(microphone);
  microphone = null;
  echo.set(false);
  phone.update((state) => next(state, { of: "line", name: "close" }));
}

/** The browser tells of no sleep: a timer that is very late does. */
function wakeful(): () => void {
  let last = Date.now();
  return () => {
    const now = Date.now();
    if (now - last > SLEPT) wake();
    last = now;
  };
}

function wake(): void {
  failures = 0;
  sip?.refresh();
  settle();
}

/** Closed, reloaded, or no longer the tab with the phone: the leg is lost here, not hung up. A page
 *  that the browser keeps for "back" begins anew then. */
function goodbye(): void {
  sip?.goodbye();
  shut();
}
