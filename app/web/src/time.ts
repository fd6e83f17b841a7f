// Durations in words that fit a 40 px row. All arguments are milliseconds.

/** `0:41`, `12:05`, `1:02:33`; never negative. */
export function clockOf(duration: number): string {
  const seconds = Math.max(0, Math.floor(duration / 1_000));
  const two = (part: number): string => String(part).padStart(2, "0");
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** `12 s`, `4 min`, `2 h`. */
export function roughly(duration: number): string {
  const seconds = Math.max(0, Math.round(duration / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** An instant (RFC 3339) as this browser writes dates and times. */
export function dateTime(instant: string): string {
  return WHEN.format(new Date(instant));
}

const DAY = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const HOUR = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

/** An instant's day, such as `22 Nov`. */
export const dayName = (instant: string): string => DAY.format(new Date(instant));

/** An instant's time of day. */
export const hourName = (instant: string): string => HOUR.format(new Date(instant));
