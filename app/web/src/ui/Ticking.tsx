// Times that tick without drawing the list again: one timer writes into the elements themselves.
import { useLayoutEffect, useRef } from "react";
import { serverClock } from "../live/clock";
import { words } from "../strings";
import { clockOf } from "../time";

type Tick = (now: number) => void;

const ticks = new Set<Tick>();
let timer: number | undefined;
/** Four times a second, so that no second is skipped and a countdown ends on time. */
const PERIOD = 250;

function subscribe(tick: Tick): () => void {
  ticks.add(tick);
  tick(serverClock.now());
  timer ??= window.setInterval(() => {
    const now = serverClock.now();
    for (const each of ticks) each(now);
  }, PERIOD);
  return () => {
    ticks.delete(tick);
    if (ticks.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
}

function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

interface ElapsedProps {
  /** RFC 3339. */
  readonly since: string;
  readonly title: string;
}

/** The time since an instant of the server's clock. */
export function Elapsed({ since, title }: ElapsedProps) {
  const element = useRef<HTMLTimeElement>(null);
  useLayoutEffect(() => {
    const start = Date.parse(since);
    return subscribe((now) => element.current && write(element.current, clockOf(now - start)));
  }, [since]);
  return <time ref={element} className="ticking" dateTime={since} title={title} />;
}

interface CountdownProps {
  /** RFC 3339: when the ring was full. */
  readonly from: string;
  /** RFC 3339: the server's deadline. */
  readonly until: string;
}

/** A ring that empties until the server's deadline, with the seconds left in it. */
export function Countdown({ from, until }: CountdownProps) {
  const ring = useRef<SVGCircleElement>(null);
  const text = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const deadline = Date.parse(until);
    const whole = Math.max(1_000, deadline - Date.parse(from));
    return subscribe((now) => {
      const left = Math.max(0, deadline - now);
      ring.current?.setAttribute("stroke-dashoffset", String(100 - (100 * left) / whole));
      if (text.current) write(text.current, words.list.secondsLeft(Math.ceil(left / 1_000)));
    });
  }, [from, until]);
  return (
    <span className="countdown" role="timer">
      <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
        <circle className="track" cx="10" cy="10" r="8" />
        <circle ref={ring} className="left" cx="10" cy="10" r="8" pathLength="100" />
      </svg>
      <span ref={text} className="ticking" />
    </span>
  );
}
