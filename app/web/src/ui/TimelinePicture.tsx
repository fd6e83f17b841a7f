// The past as a bar: each state as wide as it lasted, with its words for those who do not see it.
import type { TimelineEntry } from "../api/types";
import { serverClock } from "../live/clock";
import { stretchesOf, type Stretch } from "../live/stretches";
import { archiveWords as said } from "../strings/archive";
import { clockOf } from "../time";

/** Per cent: what lasted a moment is still seen. */
const LEAST = 1;

export function TimelinePicture({ timeline }: { readonly timeline: readonly TimelineEntry[] }) {
  const stretches = stretchesOf(timeline, serverClock.now());
  const [first, last] = [stretches[0], stretches.at(-1)];
  if (!first || !last) return null;
  const whole = last.to - first.from;
  return (
    <ol className="stretches" aria-label={said.picture}>
      {stretches.map((each) => (
        <li
          key={`${each.from} ${each.kind}`}
          className={`stretch stretch-${each.kind}`}
          style={{ flexGrow: Math.max(((each.to - each.from) / whole) * 100, LEAST) }}
          title={wordsOf(each)}
        >
          <span>{wordsOf(each)}</span>
        </li>
      ))}
    </ol>
  );
}

function wordsOf({ kind, from, to, who }: Stretch): string {
  const name = who && kind !== "bot" && kind !== "waiting" ? ` ${who}` : "";
  return `${said.stretches[kind]}${name} ${clockOf(to - from)}`;
}
