// The ring of an offer: on its own chosen speaker, and in one tab only.
import { screenSettings } from "../settings";
import { Store } from "./store";

export interface RingState {
  /** The browser does not let this page play before somebody clicks in it. */
  readonly blocked: boolean;
  /** The chosen speaker is not there. */
  readonly lost: boolean;
  /** Another tab of this browser rings. */
  readonly elsewhere: boolean;
}

export const ring = new Store<RingState>({ blocked: false, lost: false, elsewhere: false });

const RATE = 8_000;
/** Seconds of one ring: two tones, then a rest. */
const SOUNDS = 0.8;
const LASTS = 3;

/** A soft two-tone ring as a WAV file, made here so that nothing has to be loaded. */
function wave(): Blob {
  const samples = RATE * LASTS;
  const file = new DataView(new ArrayBuffer(44 + samples * 2));
  const text = (at: number, word: string): void =>
    new TextEncoder().encode(word).forEach((byte, index) => file.setUint8(at + index, byte));
  text(0, "RIFF");
  file.setUint32(4, 36 + samples * 2, true);
  text(8, "WAVEfmt ");
  file.setUint32(16, 16, true);
  file.setUint16(20, 1, true); // PCM
  file.setUint16(22, 1, true); // one channel
  file.setUint32(24, RATE, true);
  file.setUint32(28, RATE * 2, true);
  file.setUint16(32, 2, true);
  file.setUint16(34, 16, true);
  text(36, "data");
  file.setUint32(40, samples * 2, true);
  for (let n = 0; n < RATE * SOUNDS; n += 1) {
    const t = n / RATE;
    const swell = Math.sin((Math.PI * t) / SOUNDS);
    const tones = Math.sin(2 * Math.PI * 520 * t) + Math.sin(2 * Math.PI * 660 * t);
    file.setInt16(44 + n * 2, tones * swell * 8_000, true);
  }
  return new Blob([file.buffer], { type: "audio/wav" });
}

let player: HTMLAudioElement | null = null;

/** In the document, so that it can be found there; it shows nothing. */
function audio(): HTMLAudioElement {
  if (player) return player;
  player = new Audio(URL.createObjectURL(wave()));
  player.id = "ring";
  player.hidden = true;
  document.body.append(player);
  return player;
}

async function aim(element: HTMLAudioElement): Promise<void> {
  const { ringDevice } = screenSettings.get();
  if (!("setSinkId" in element) || element.sinkId === ringDevice) return;
  try {
    await element.setSinkId(ringDevice);
    ring.update((state) => ({ ...state, lost: false }));
  } catch {
    await element.setSinkId("");
    ring.update((state) => ({ ...state, lost: true }));
  }
}

/** Something is offered; this tab rings for it unless another does. */
let asked = false;
let wanted = false;

async function play(loop: boolean): Promise<void> {
  const element = audio();
  element.loop = loop;
  await aim(element);
  if (loop && !wanted) return; // it was over while the speaker was set
  try {
    await element.play();
    ring.update((state) => ({ ...state, blocked: false }));
  } catch (error) {
    const blocked = error instanceof DOMException && error.name === "NotAllowedError";
    ring.update((state) => ({ ...state, blocked }));
  }
}

export function startRinging(): void {
  asked = true;
  if (wanted || ring.get().elsewhere || !screenSettings.get().sounds) return;
  wanted = true;
  void play(true);
}

export function stopRinging(): void {
  asked = false;
  wanted = false;
  player?.pause();
  if (player) player.currentTime = 0;
}

/** Rings once; the click that asks for it also lets the page make sound from then on. */
export function testRing(): void {
  void play(wanted);
}

/**
 * The first tab rings; when it is gone, the next. Where the browser has no locks (a page without
 * HTTPS) every tab rings.
 */
export function takeTurns(): void {
  // The types say that it is always there; outside secure contexts it is not.
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return;
  ring.update((state) => ({ ...state, elsewhere: true }));
  void locks.request("ringdesk.ring", async () => {
    ring.update((state) => ({ ...state, elsewhere: false }));
    if (asked) startRinging(); // the tab that rang is gone in the middle of it
    await new Promise(() => undefined); // held until the tab is gone
  });
}
