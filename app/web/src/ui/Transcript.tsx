import { useEffect, useRef } from "react";
import type { Turn } from "../api/types";
import { words } from "../strings";

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

/** What was said so far. Follows new turns while it is scrolled to its end. */
export function Transcript({ turns }: { readonly turns: readonly Turn[] }) {
  const list = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    const element = list.current;
    if (element && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [turns]);
  if (turns.length === 0) return <p className="empty transcript-empty">{words.panel.noTranscript}</p>;
  return (
    <ol
      ref={list}
      className="transcript"
      aria-label={words.panel.transcript}
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
    >
      {turns.map((turn) => (
        <li key={turn.id} data-speaker={turn.speaker}>
          <span className="speaker">{turn.speaker}</span>
          <span className="said">{turn.text}</span>
          <time className="quiet" dateTime={turn.at}>
            {clock.format(new Date(turn.at))}
          </time>
        </li>
      ))}
    </ol>
  );
}
