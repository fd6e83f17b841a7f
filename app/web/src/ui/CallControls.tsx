// What I can do on a call: mute, hold, keypad, transfer.
import { useEffect, useState } from "react";
import { api } from "../api/client";
import type { Conversation, DirectoryEntry, Me, Skill, TransferTarget } from "../api/types";
import { notify } from "../live/desk";
import { consult, sendDigits, toggleHold, toggleMute, transfer } from "../live/moves";
import { problemSentence, statuses, words } from "../strings";
import { consultWords } from "../strings/consult";
import { Dialog } from "./Dialog";
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

interface Choice {
  readonly skills: readonly Skill[];
  readonly agents: readonly DirectoryEntry[];
}

interface TransferDialogProps {
  readonly conversation: Conversation;
  readonly me: Me;
  readonly onClose: () => void;
}

/** Whom the call goes to. Closes at once: the panel then shows what became of it. */
export function TransferDialog({ conversation, me, onClose }: TransferDialogProps) {
  const [choice, setChoice] = useState<Choice | null>(null);
  const [to, setTo] = useState("");
  const [number, setNumber] = useState("");
  useEffect(() => {
    let open = true;
    Promise.all([api.skills(), api.directory()])
      .then(([skills, agents]) => {
        if (open) setChoice({ skills: skills.items, agents: agents.items });
      })
      .catch((error: unknown) => notify(problemSentence(error)));
    return () => {
      open = false;
    };
  }, []);

  const ready = (to === "") !== (number.trim() === "");

  function target(): TransferTarget {
    const [kind, id] = [to.slice(0, 6), to.slice(6)];
    if (number.trim()) return { number: number.trim() };
    return kind === "skill:" ? { skill: id } : { agent: id };
  }

  function send(act: (call: Conversation, to: TransferTarget) => Promise<boolean>): void {
    if (!ready) return;
    onClose();
    void act(conversation, target());
  }

  return (
    <Dialog title={words.transfer.title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send(transfer);
        }}
      >
        <label>
          {words.transfer.to}
          <select value={to} autoFocus onChange={(event) => setTo(event.target.value)}>
            <option value="">{choice ? words.transfer.choose : words.transfer.loading}</option>
            {choice && <Targets choice={choice} me={me} />}
          </select>
        </label>
        <label>
          {words.transfer.number}
          <input
            value={number}
            type="tel"
            maxLength={40}
            placeholder={words.numberHint}
            onChange={(event) => setNumber(event.target.value)}
          />
        </label>
        <p className="quiet">{words.transfer.hint}</p>
        <div className="buttons">
          <button type="button" onClick={onClose}>
            {words.transfer.cancel}
          </button>
          <button type="button" disabled={!ready} onClick={() => send(consult)}>
            {consultWords.first}
          </button>
          <button type="submit" className="primary" disabled={!ready}>
            {words.transfer.submit}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Who is not available cannot be chosen: the call would come back at once. */
function Targets({ choice, me }: { readonly choice: Choice; readonly me: Me }) {
  return (
    <>
      <optgroup label={words.transfer.skills}>
        {choice.skills.map((skill) => (
          <option key={skill.id} value={`skill:${skill.name}`}>
            {skill.name}
          </option>
        ))}
      </optgroup>
      <optgroup label={words.transfer.agents}>
        {choice.agents
          .filter((agent) => agent.id !== me.id)
          .map((agent) => (
            <option
              key={agent.id}
              value={`agent:${agent.id}`}
              disabled={agent.status !== "available"}
            >
              {words.transfer.agent(agent.name, statuses[agent.status])}
            </option>
          ))}
      </optgroup>
    </>
  );
}
