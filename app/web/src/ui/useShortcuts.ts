import { useEffect, useEffectEvent, useRef } from "react";
import type { Conversation, Me } from "../api/types";
import { actOf, digitOf, PLACES, takesText, type KeyAct, type KeyPress } from "../inbox/keys";
import type { Sections } from "../inbox/sections";
import { callOf, hasBot, inHandOf } from "../live/conversation";
import {
  accept,
  cancelConsult,
  completeConsult,
  end,
  handBack,
  reject,
  sendDigits,
  swapConsult,
  toggleHold,
  toggleMute,
} from "../live/moves";
import { pageAt } from "../pages";
import { go } from "../router";
import { screenSettings } from "../settings";
import type { CallTools } from "./CallControls";

/** Milliseconds in which the key after G counts. */
const GO_WITHIN = 1_500;

interface Shortcuts {
  readonly sections: Sections;
  readonly current: Conversation | undefined;
  readonly me: Me;
  readonly tools: CallTools;
  readonly help: () => void;
  /** A dialog is open and has the keyboard. */
  readonly off: boolean;
}

export function useShortcuts({ sections, current, me, tools, help, off }: Shortcuts): void {
  const goNext = useRef(-Infinity);
  const offer = sections.offered[0];
  const talk = inHandOf(current, me.id) ? current : sections.mine[0];

  const call = talk && callOf(talk, me.id) ? talk : undefined;

  /** Does something to the call in hand; false if there is none. */
  function onCall(does: (call: Conversation) => void): boolean {
    if (call) does(call);
    return call !== undefined;
  }

  /** Does something to my consult; false if there is none, or nobody answered it yet. */
  function onConsult(does: (call: Conversation) => void): boolean {
    const asking = call?.consult?.state === "offered";
    if (!call?.consult || (asking && does !== cancelConsult)) return false;
    does(call);
    return true;
  }

  /** Returns false when there is nothing to do, so that the browser's own key works. */
  function act(what: KeyAct): boolean {
    switch (what) {
      case "accept":
        if (offer) accept(offer);
        return offer !== undefined;
      case "reject":
        if (offer) reject(offer);
        return offer !== undefined;
      case "end":
        if (talk) end(talk);
        return talk !== undefined;
      case "handBack":
        if (talk && hasBot(talk)) handBack(talk);
        return talk !== undefined;
      case "mute":
        return onCall(toggleMute);
      case "hold":
        return onCall((each) => (each.consult ? undefined : toggleHold(each)));
      case "keypad":
        return onCall(tools.toggleKeypad);
      case "transfer":
        return onCall((each) => (each.consult ? undefined : tools.openTransfer()));
      case "swap":
        return onConsult(swapConsult);
      case "complete":
        return onConsult(completeConsult);
      case "cancelConsult":
        return onConsult(cancelConsult);
      case "notes":
        return focusNotes();
      case "closeWrapUp":
        return submitWrapUp();
      case "leaveField":
        return leaveField();
      case "go":
        goNext.current = performance.now();
        return true;
      case "help":
        help();
        return true;
    }
  }

  /** The second key of G I, G L, G C, G S; false if it is none. */
  function goTo(press: KeyPress): boolean {
    const since = performance.now() - goNext.current;
    goNext.current = -Infinity;
    const to = PLACES[press.key.toLowerCase()];
    if (since > GO_WITHIN || press.typing || press.ctrl || press.alt || !to) return false;
    if (pageAt(to, me)) go(to);
    return true;
  }

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (document.querySelector("dialog[open]")) return; // it has the keyboard
    const { key, ctrlKey, metaKey, altKey, repeat, target } = event;
    const press = { key, ctrl: ctrlKey || metaKey, alt: altKey, repeat, typing: takesText(target) };
    if (!off && goTo(press)) {
      event.preventDefault();
      return;
    }
    const digit = off || !tools.keypad ? null : digitOf(press);
    if (digit !== null && onCall((each) => sendDigits(each, digit))) {
      event.preventDefault();
      return;
    }
    const what = off ? null : actOf(press, screenSettings.get().singleKeys);
    if (what !== null && act(what)) event.preventDefault();
  });

  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKey(event);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}

function focusNotes(): boolean {
  const notes = document.getElementById("notes");
  notes?.focus();
  return notes !== null;
}

function submitWrapUp(): boolean {
  const form = document.getElementById("wrap-up");
  if (!(form instanceof HTMLFormElement)) return false;
  form.requestSubmit();
  return true;
}

function leaveField(): boolean {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  return true;
}
