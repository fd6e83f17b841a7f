// What was said so far, and where people took over. Follows new turns while scrolled to its end.
import { useEffect, useMemo, useRef } from "react";
import type { Conversation, Turn } from "../api/types";
import { words } from "../strings";
import { panelWords } from "../strings/panel";

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

/** A line between the turns: the hand-over, or an agent who came. */
export interface Mark {
  readonly at: string;
  readonly mark: string;
}

export function marksOf({ queued_at, reason, segments }: Conversation): readonly Mark[] {
  const handedOver = queued_at ? [{ at: queued_at, mark: panelWords.handedOver(reason) }] : [];
  const came = segments.map(({ agent, from }) => ({ at: from, mark: panelWords.joined(agent.name) }));
  return [...handedOver, ...came];
}

/** Turns and marks in the order of their instants; a mark comes before what was said after it. */
export function linesOf(conversation: Conversation): readonly (Turn | Mark)[] {
  const at = (line: Turn | Mark): number => Date.parse(line.at);
  return [...marksOf(conversation), ...conversation.transcript].sort((a, b) => at(a) - at(b));
}

export function Transcript({ conversation }: { readonly conversation: Conversation }) {
  const { transcript } = conversation;
  const list = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    const element = list.current;
    if (element && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [transcript]);
  const lines = useMemo(() => linesOf(conversation), [conversation]);
  if (transcript.length === 0) {
    return <p className="empty transcript-empty">{words.panel.noTranscript}</p>;
  }
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
      {lines.map((line) =>
        "mark" in line ? (
          <li key={`${line.at} ${line.mark}`} className="mark">
            <span>{line.mark}</span>
          </li>
        ) : (
          <li key={line.id} data-speaker={line.speaker}>
            <span className="speaker" title={line.speaker}>
              {line.speaker}
            </span>
            <span className="said">{line.text}</span>
            <time className="quiet" dateTime={line.at}>
              {clock.format(new Date(line.at))}
            </time>
          </li>
        ),
      )}
    </ol>
  );
}
