// Microphones, speakers, and what can go wrong with them.
import type { PhoneProblem } from "./state";

export interface Devices {
  readonly microphones: readonly MediaDeviceInfo[];
  readonly speakers: readonly MediaDeviceInfo[];
}

/** The page may not use devices at all: it came over plain http from another machine. */
const isInsecure = (): boolean => !("mediaDevices" in navigator);

/** Why there is no microphone; browsers name the reasons alike (W3C Media Capture 10.2.1). */
export function problemOf(error: unknown): PhoneProblem {
  if (isInsecure()) return "insecure";
  switch (error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "failed";
  }
}

const sound = (id: string): MediaStreamConstraints => ({
  audio: {
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    ...(id ? { deviceId: { exact: id } } : {}),
  },
});

/** The chosen microphone; the system's own where that one is unplugged. */
export async function openMicrophone(id: string): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia(sound(id));
  } catch (error) {
    if (!id || problemOf(error) !== "missing") throw error;
    return navigator.mediaDevices.getUserMedia(sound(""));
  }
}

export const stop = (stream: MediaStream | null): void =>
  stream?.getTracks().forEach((track) => track.stop());

/** Names are there once the microphone was allowed. */
export async function listDevices(): Promise<Devices> {
  if (isInsecure()) return { microphones: [], speakers: [] };
  const all = await navigator.mediaDevices.enumerateDevices();
  const real = all.filter(({ deviceId }) => deviceId !== "" && deviceId !== "default");
  return {
    microphones: real.filter(({ kind }) => kind === "audioinput"),
    speakers: real.filter(({ kind }) => kind === "audiooutput"),
  };
}

/** Whether this browser lets the page choose the speaker. */
export const canChooseSpeaker = (): boolean => "setSinkId" in HTMLMediaElement.prototype;

export async function playOn(player: HTMLMediaElement, id: string): Promise<void> {
  if (!canChooseSpeaker() || player.sinkId === id) return;
  try {
    await player.setSinkId(id);
  } catch {
    await player.setSinkId(""); // it is unplugged: the system's own
  }
}

/** Tells how loud a stream is, from 0 to 1, some twenty times a second; returns how to stop it. */
export function meter(stream: MediaStream, tell: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 1024 });
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = window.setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    tell(Math.min(1, Math.sqrt(power) * 4));
  }, 50);
  return () => {
    window.clearInterval(timer);
    void context.close();
  };
}

/** A second of a tone on one speaker. */
export async function testTone(speaker: string): Promise<void> {
  const context = new AudioContext();
  const out = context.createMediaStreamDestination();
  const tone = new OscillatorNode(context, { frequency: 660 });
  const gain = new GainNode(context, { gain: 0.2 });
  tone.connect(gain).connect(out);
  const player = new Audio();
  player.srcObject = out.stream;
  await playOn(player, speaker);
  tone.start();
  await player.play();
  await new Promise((done) => window.setTimeout(done, 1_000));
  tone.stop();
  player.srcObject = null;
  await context.close();
}
