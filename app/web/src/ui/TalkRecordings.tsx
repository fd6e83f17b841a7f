// What was recorded of a conversation's talks, part by part, to listen to.
import { useEffect, useState } from "react";
import { api } from "../api/client";
import type { TalkRecording } from "../api/types";
import { recordingWords as said } from "../strings/recording";
import { clockOf } from "../time";

const second = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

export function TalkRecordings({ id }: { readonly id: string }) {
  const [parts, setParts] = useState<readonly TalkRecording[] | undefined>([]);
  useEffect(() => {
    let wanted = true;
    api
      .recordings(id)
      .then(({ items }) => {
        if (wanted) setParts(items);
      })
      .catch(() => undefined); // the panel does without
    return () => {
      wanted = false;
    };
  }, [id]);
  if (!parts || parts.length === 0) return null;
  return (
    <section className="kept-part">
      <h2>{said.title}</h2>
      <ol className="recordings">
        {parts.map((part, index) => (
          <li key={part.id}>
            <time className="quiet" dateTime={part.at}>
              {second.format(new Date(part.at))}
            </time>
            <audio
              controls
              preload="metadata"
              aria-label={said.part(index + 1, clockOf(part.seconds * 1000))}
              src={`/api/v1/recordings/${encodeURIComponent(part.id)}`}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}
