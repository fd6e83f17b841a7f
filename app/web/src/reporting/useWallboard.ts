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
      try {
        const board = await reporting.wallboard();
        if (open) setSeen({ board, problem: null });
      } catch (error) {
        if (open) setSeen((last) => ({ ...last, problem: sentenceOf(error) }));
      }
      if (open) plan(before === seq ? AT_LEAST_EVERY : AT_MOST_EVERY);
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
