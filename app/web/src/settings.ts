// What belongs to this screen and not to the person: kept in the browser.
import { Store } from "./live/store";

export type Theme = "system" | "light" | "dark";

export interface ScreenSettings {
  readonly theme: Theme;
  readonly singleKeys: boolean;
  readonly notifications: boolean;
  /** Ring when a conversation is offered. */
  readonly sounds: boolean;
  /** The speaker the ring plays on, by its id in this browser; "" is the system's own. */
  readonly ringDevice: string;
  /** Device ids; empty: the system's own. */
  readonly microphone: string;
  readonly speaker: string;
}

const KEY = "ringdesk.screen";
const DEFAULTS: ScreenSettings = {
  theme: "system",
  singleKeys: true,
  notifications: false,
  sounds: true,
  ringDevice: "",
  microphone: "",
  speaker: "",
};

function read(): ScreenSettings {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<ScreenSettings>;
    return { ...DEFAULTS, ...kept };
  } catch {
    return DEFAULTS; // storage is off, or holds what an older page wrote
  }
}

export const screenSettings = new Store<ScreenSettings>(read());

export function changeScreen(change: Partial<ScreenSettings>): void {
  screenSettings.update((settings) => ({ ...settings, ...change }));
  applyTheme();
  try {
    localStorage.setItem(KEY, JSON.stringify(screenSettings.get()));
  } catch {
    // Storage is off: the choice lasts as long as the page.
  }
}

/** Sets the page's colour scheme; without the attribute it follows the system. */
export function applyTheme(): void {
  const { theme } = screenSettings.get();
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}
