"""An agent with a headset in the browser: what they hear there, and what they say."""

import wave
from pathlib import Path

import numpy as np
from playwright.async_api import Page

from tests.support.polling import eventually
from tests.support.sound import RATE

LISTEN = """
(() => {
  const Native = window.RTCPeerConnection;
  const ears = { hz: 0, since: null, context: null, analyser: null, connections: [], kept: [] };
  window.ears = ears;
  window.RTCPeerConnection = class extends Native {
    constructor(...given) {
      super(...given);
      ears.connections.push(this);
      this.addEventListener("track", ({ track }) => {
        const stream = new MediaStream([track]);
        const player = new Audio();  // Chromium feeds WebAudio only with what is played, too
        player.srcObject = stream;
        void player.play();
        ears.context = ears.context || new AudioContext();
        ears.analyser = new AnalyserNode(ears.context, { fftSize: 1024, smoothingTimeConstant: 0 });
        const source = ears.context.createMediaStreamSource(stream);
        source.connect(ears.analyser);
        ears.track = track;
        ears.kept.push(player, source);  // or they may be collected as garbage, and all is silent
      });
    }
  };
  ears.strongest = () => {
    const { analyser, context } = ears;
    if (!analyser) return { hz: 0, level: -Infinity, width: 0 };
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    const width = context.sampleRate / analyser.fftSize;
    let strongest = 0;
    bins.forEach((level, bin) => { if (level > bins[strongest]) strongest = bin; });
    return { hz: strongest * width, level: bins[strongest], width };
  };
  ears.hears = (hz) => {
    const heard = ears.strongest();
    return heard.level > -60 && Math.abs(heard.hz - hz) < 1.5 * heard.width;
  };
  ears.told = async () => ({
    context: ears.context && ears.context.state,
    strongest: ears.strongest(),
    players: ears.kept.filter((each) => each.paused !== undefined).map((each) => each.paused),
    connections: await Promise.all(ears.connections.map(told)),
  });
  const COUNTS = ["packetsReceived", "packetsSent", "packetsDiscarded", "audioLevel",
    "totalAudioEnergy", "jitterBufferEmittedCount", "concealedSamples", "jitterBufferDelay"];
  async function told(connection) {
    const { connectionState, iceConnectionState } = connection;
    const tracks = connection.getReceivers().map(({ track }) => [track.readyState, track.muted]);
    const counts = {};
    for (const each of (await connection.getStats()).values())
      if (each.type.endsWith("bound-rtp"))
        for (const name of COUNTS)
          if (name in each) counts[`${each.type.split("-")[0]} ${name}`] = each[name];
    return { states: [connectionState, iceConnectionState], tracks, counts };
  }
  ears.from_click = async (selector, hz) => {
    // Each 10 ms as the page's player gets them, past the buffers of the ear's own AudioContext.
    const { readable } = new MediaStreamTrackProcessor({ track: ears.track.clone() });
    const reader = readable.getReader();
    try {
      const from = performance.now();
      document.querySelector(selector).click();
      while (performance.now() - from < 20000) {
        const { value: piece, done } = await reader.read();
        if (done) break;
        const there = carries(piece, hz);
        piece.close();
        if (there) return performance.now() - from;
      }
      throw new Error("not heard");
    } finally {
      await reader.cancel();
    }
  };
  function carries(piece, hz) {
    const samples = new Float32Array(piece.numberOfFrames);
    piece.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
    let [real, imaginary, energy] = [0, 0, 0];
    samples.forEach((sample, n) => {
      const angle = (2 * Math.PI * hz * n) / piece.sampleRate;
      real += sample * Math.cos(angle);
      imaginary += sample * Math.sin(angle);
      energy += sample * sample;
    });
    const share = (2 * (real * real + imaginary * imaginary)) / (samples.length * energy);
    return energy / samples.length > 1e-5 && share > 0.5;
  }
})();
"""
"""Keeps what the page hears, beside the page's own player."""

SECONDS = 4


def microphone(file: Path, hz: int) -> str:
    """The Chromium flag for a microphone that hums; the file is what it hums."""
    t = np.arange(RATE * 2 * SECONDS) / (RATE * 2)
    pcm = (np.sin(2 * np.pi * hz * t) * 16000).astype("<i2")
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE * 2)
        sound.writeframes(pcm.tobytes())
    return f"--use-file-for-fake-audio-capture={file}"


class Headset:
    """The headset of one page. `hz` is what its microphone hums."""

    def __init__(self, page: Page, hz: int) -> None:
        self._page = page
        self.hz = hz

    async def hears(self, hz: int, within: float = 15.0) -> None:
        """Wait until this tone is the strongest that comes out of the speaker."""

        async def heard() -> bool:
            return bool(await self._page.evaluate("(hz) => window.ears.hears(hz)", hz))

        try:
            await eventually(heard, within=within, every=0.05)
        except AssertionError:
            told = await self._page.evaluate("() => window.ears.told()")
            raise AssertionError(f"{hz} Hz not heard within {within} s: {told}") from None

    async def connections(self) -> int:
        """How many peer connections stand."""
        alive: int = await self._page.evaluate(
            'window.ears.connections.filter((c) => c.connectionState === "connected").length'
        )
        return alive

    async def silent(self) -> bool:
        """Whether no peer connection stands."""
        return await self.connections() == 0

    async def clicked_until_heard(self, selector: str, hz: int) -> float:
        """Milliseconds from a click on this until the tone is heard, on the page's own clock.

        The ear is where the page's player gets its sound, in pieces of 10 ms. That is too short to
        tell tones from each other that are less than 200 Hz apart.
        """
        call = "([selector, hz]) => window.ears.from_click(selector, hz)"
        took: float = await self._page.evaluate(call, [selector, hz])
        return took
