// Where the page is: the browser's own address and history, no library.
import { Store } from "./live/store";

export const HOME = "/inbox";
/** Where somebody sets their own phone number and the like. */
export const PERSONAL = "/settings/personal";

/** The part of the address after the host, such as `/conversations/c1`; never ends in a slash. */
export const place = new Store<string>(here());

function here(): string {
  return location.pathname.replace(/\/+$/, "") || "/";
}

window.addEventListener("popstate", () => place.set(here()));

interface Going {
  /** Takes the place of the present entry in the history. */
  readonly replace?: boolean;
}

/** Goes to an address of this page, without loading it again. */
export function go(to: string, { replace = false }: Going = {}): void {
  if (to === place.get()) return;
  if (replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  place.set(here());
}

/** To the Inbox, unless one of its views is open. */
export function goToInbox(): void {
  const at = place.get();
  if (at !== HOME && !at.startsWith(`${HOME}/`)) go(HOME);
}
