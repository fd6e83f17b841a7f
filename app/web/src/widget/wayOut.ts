// The way out for who waits for a person: asked once more, for the place is lost.
import type { Words } from "./words";

export class WayOut {
  readonly element = document.createElement("div");
  private readonly first: HTMLButtonElement;
  private readonly sure = document.createElement("div");

  constructor(words: Words, onLeave: () => void) {
    this.element.className = "way-out";
    this.first = this.button(words.stopWaiting, () => this.ask(true));
    const told = document.createElement("span");
    told.textContent = words.losesPlace;
    const yes = this.button(words.stopWaiting, onLeave);
    const no = this.button(words.keepWaiting, () => {
      this.ask(false);
      this.first.focus();
    });
    this.sure.setAttribute("role", "group");
    this.sure.setAttribute("aria-label", words.losesPlace);
    this.sure.append(told, yes, no);
    this.element.append(this.first, this.sure);
    this.show(false);
  }

  /** Whether there is anything to leave; each wait begins unasked. */
  show(waits: boolean): void {
    if (this.element.hidden === !waits) return;
    this.element.hidden = !waits;
    this.ask(false);
  }

  private ask(sure: boolean): void {
    this.first.hidden = sure;
    this.sure.hidden = !sure;
    // The safe answer: who presses Enter twice still waits.
    if (sure) this.sure.querySelector<HTMLButtonElement>("button:last-child")?.focus();
  }

  private button(text: string, does: () => void): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", does);
    return button;
  }
}
