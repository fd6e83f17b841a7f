// What I can do on a call: mute, hold, keypad, transfer.
import type { Conversation } from "../api/types";
import { sendDigits, toggleHold, toggleMute } from "../live/moves";
import { words } from "../strings";
import { RecordingControl } from "./RecordingControl";

/** The tools of the call that open and close. */
export interface CallTools {
  /** The keypad is open. */
  readonly keypad: boolean;
  readonly toggleKeypad: () => void;
  readonly openTransfer: () => void;
}

interface CallControlsProps {
  readonly conversation: Conversation;
  readonly tools: CallTools;
}

export function CallControls({ conversation, tools }: CallControlsProps) {
  const { held, muted } = conversation;
  const consulting = Boolean(conversation.consult);
  const look = (on: boolean): string => (on ? "toggle on" : "toggle");
  return (
    <>
      <RecordingControl conversation={conversation} />
      <button type="button" className={look(muted)} onClick={() => toggleMute(conversation)}>
        {muted ? words.panel.unmute : words.panel.mute} <kbd>M</kbd>
      </button>
      <button
        type="button"
        className={look(held)}
        disabled={consulting}
        onClick={() => toggleHold(conversation)}
      >
        {held ? words.panel.unhold : words.panel.hold} <kbd>H</kbd>
      </button>
      <button type="button" aria-expanded={tools.keypad} onClick={tools.toggleKeypad}>
        {words.panel.keypad} <kbd>K</kbd>
      </button>
      <button type="button" disabled={consulting} onClick={tools.openTransfer}>
        {words.panel.transfer} <kbd>T</kbd>
      </button>
    </>
  );
}

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;

/** Open in the panel, so that the notes stay in reach; the shortcuts send digits meanwhile. */
export function Keypad({ conversation }: { readonly conversation: Conversation }) {
  return (
    <section className="keypad" aria-label={words.keypad.label}>
      <div className="digits">
        {DIGITS.map((digit) => (
          <button
            key={digit}
            type="button"
            aria-label={words.keypad.digit(digit)}
            disabled={conversation.held}
            onClick={() => sendDigits(conversation, digit)}
          >
            {digit}
          </button>
        ))}
      </div>
      <p className="quiet">{words.keypad.hint}</p>
    </section>
  );
}
