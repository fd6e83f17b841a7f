// Which key does what. Single keys never fire while typing, and can be switched off (WCAG 2.1.4).
// What ends a call or empties a desk takes a modifier.

export type KeyAct =
  | "accept"
  | "reject"
  | "mute"
  | "hold"
  | "keypad"
  | "transfer"
  | "notes"
  | "go"
  | "help"
  | "end"
  | "handBack"
  | "swap"
  | "complete"
  | "cancelConsult"
  | "closeWrapUp"
  | "leaveField";

export interface KeyPress {
  readonly key: string;
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly repeat: boolean;
  /** The focus is in a field that takes text. */
  readonly typing: boolean;
}

const SINGLE: Readonly<Record<string, KeyAct>> = {
  a: "accept",
  r: "reject",
  m: "mute",
  h: "hold",
  k: "keypad",
  t: "transfer",
  n: "notes",
  s: "swap",
  g: "go",
  "?": "help",
};

/** What ends a call or gives it away. */
const WITH_CTRL: Readonly<Record<string, KeyAct>> = {
  e: "end",
  i: "handBack",
  y: "complete",
  b: "cancelConsult",
};

export function actOf(press: KeyPress, singleKeys: boolean): KeyAct | null {
  if (press.repeat || press.alt) return null;
  if (press.ctrl && press.key === "Enter") return "closeWrapUp";
  if (press.typing) return press.key === "Escape" ? "leaveField" : null;
  if (press.ctrl) return WITH_CTRL[press.key.toLowerCase()] ?? null;
  return singleKeys ? (SINGLE[press.key.toLowerCase()] ?? null) : null;
}

/** Where the key after G leads. */
export const PLACES: Readonly<Record<string, string>> = {
  i: "/inbox",
  l: "/live",
  c: "/conversations",
  s: "/settings/personal",
};

/** The digit to send while the keypad is open. */
export function digitOf(press: KeyPress): string | null {
  if (press.typing || press.ctrl || press.alt || press.repeat) return null;
  return /^[0-9*#]$/.test(press.key) ? press.key : null;
}

export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.tagName === "TEXTAREA") return true;
  if (target.tagName === "SELECT") return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio"].includes(target.type);
}
