const FIRST = 250;
const LONGEST = 10_000;

/** Milliseconds before try number `failures` (1, 2 …); `random` in 0..1 spreads many pages. */
export function delayAfter(failures: number, random: number): number {
  const full = Math.min(LONGEST, FIRST * 2 ** Math.max(0, failures - 1));
  return Math.round(full * (0.5 + random / 2));
}
