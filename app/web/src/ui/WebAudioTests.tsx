// Is the headset in order? Level, tone, echo.
import { useEffect, useRef } from "react";
import { notify } from "../live/desk";
import { meter, testTone } from "../phone/devices";
import { webAudioWords as words } from "../strings/webAudio";

interface WebAudioTestsProps {
  readonly stream: MediaStream | null;
  readonly speaker: string;
  readonly echo: {
    readonly possible: boolean;
    readonly on: boolean;
    readonly toggleEcho: () => void;
  };
}

export function WebAudioTests({ stream, speaker, echo }: WebAudioTestsProps) {
  return (
    <>
      <Level stream={stream} />
      <div className="web-audio-tests">
        <button
          type="button"
          onClick={() => void testTone(speaker).catch(() => notify(words.toneFailed))}
        >
          {words.testTone}
        </button>
        <button type="button" disabled={!echo.possible && !echo.on} onClick={echo.toggleEcho}>
          {echo.on ? words.echoEnd : words.echo}
        </button>
      </div>
      <p className="quiet">{words.echoHint}</p>
    </>
  );
}

/** Writes into the element: twenty times a second is too often to draw anew. */
function Level({ stream }: { readonly stream: MediaStream | null }) {
  const bar = useRef<HTMLMeterElement>(null);
  useEffect(() => {
    if (stream === null) return undefined;
    return meter(stream, (level) => {
      if (bar.current) bar.current.value = level;
    });
  }, [stream]);
  return (
    <label>
      {words.level}
      <meter ref={bar} min={0} max={1} />
      <span className="quiet">{words.levelHint}</span>
    </label>
  );
}
