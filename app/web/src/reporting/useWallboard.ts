// The wallboard's figures: read again when something happened, but not more often than every few
// seconds, and now and then when nothing does.
import { useEffect, useState } from "react";
import { sentenceOf } from "../admin/useList";
import { desk } from "../live/desk";
import { reporting, type Wallboard } from "./api";

/** Milliseconds between two readings while events come. */
export const AT_MOST_EVERY = 2_000;
/** And when none come: a new day begins, a status of elsewhere. */
const AT_LEAST_EVERY = 30_000;
/** The figures of the day follow an event by about so much. */
const FIGURES_FOLLOW = 1_200;

/** Milliseconds until who has waited longest is beyond the service level; null where nobody is within. */
function untilLate({ at, now, thresholds }: Wallboard): number | null {
  if (now.longest_waiting_since === null) return null;
  const waited = Date.parse(at) - Date.parse(now.longest_waiting_since);
  const left = thresholds.service_level_seconds * 1_000 - waited;
  return left < 0 ? null : left + 100;
}

export interface Seen {
  readonly board: Wallboard | null;
  readonly problem: string | null;
}

export function useWallboard(): Seen {
  const [seen, setSeen] = useState<Seen>({ board: null, problem: null });
  useEffect(() => {
    let open = true;
    let timer: number | undefined;
    let lastAt = 0;
    let seq = desk.get().live.seq;
    let dueAt = 0;
    const plan = (wait: number): void => {
      const at = Date.now() + wait;
      if (timer !== undefined && dueAt <= at) return; // it comes sooner: events must not put it off
      window.clearTimeout(timer);
      dueAt = at;
      timer = window.setTimeout(() => void read(), wait);
    };
    async function read(): Promise<void> {
      lastAt = Date.now();
      timer = undefined;
      const before = seq;
      let late = AT_LEAST_EVERY;
      try {
        const board = await reporting.wallboard();
        late = Math.min(late, untilLate(board) ?? late);
        if (open) setSeen({ board, problem: null });
      } catch (error) {
        if (open) setSeen((last) => ({ ...last, problem: sentenceOf(error) }));
      }
      if (open) plan(before === seq ? Math.max(late, AT_MOST_EVERY) : AT_MOST_EVERY);
    }
    void read();
    const stop = desk.subscribe(() => {
      const now = desk.get().live.seq;
      if (now === seq) return;
      seq = now;
      plan(Math.max(FIGURES_FOLLOW, AT_MOST_EVERY - (Date.now() - lastAt)));
    });
    return () => {
      open = false;
      window.clearTimeout(timer);
      stop();
    };
  }, []);
  return seen;
}
