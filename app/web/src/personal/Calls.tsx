// How calls reach me.
import type { Audio, Me } from "../api/types";
import { personalWords as said } from "../strings/personal";

type Preferences = Me["preferences"];
export type Draft = Partial<Preferences>;

interface CallsProps {
  readonly now: Preferences;
  readonly set: (change: Draft) => void;
}

const AUDIO: readonly (readonly [Audio, string, string])[] = [
  ["number", said.audioNumber, said.audioNumberHint],
  ["sip", said.audioSip, said.audioSipHint],
  ["web", said.audioWeb, said.audioWebHint],
];

const LEGS: readonly (readonly [Preferences["leg"], string, string])[] = [
  ["persistent", said.persistent, said.persistentHint],
  ["per_call", said.perCall, said.perCallHint],
];

export function Calls({ now, set }: CallsProps) {
  return (
    <>
      <fieldset>
        <legend>{said.audio}</legend>
        {AUDIO.map(([value, label, hint]) => (
          <Choice
            key={value}
            name="audio"
            label={label}
            hint={hint}
            chosen={now.audio === value}
            onChoose={() => set({ audio: value })}
          />
        ))}
        <label>
          {said.phone}
          <input
            type="tel"
            name="phone"
            autoComplete="tel"
            value={now.phone_number ?? ""}
            required={now.audio === "number"}
            maxLength={40}
            placeholder={said.phoneHint}
            onChange={(event) => set({ phone_number: event.target.value })}
          />
        </label>
      </fieldset>
      <fieldset>
        <legend>{said.leg}</legend>
        {LEGS.map(([value, label, hint]) => (
          <Choice
            key={value}
            name="leg"
            label={label}
            hint={hint}
            chosen={now.leg === value}
            onChoose={() => set({ leg: value })}
          />
        ))}
        {now.leg === "per_call" && now.audio === "number" && (
          <label className="option">
            <input
              type="checkbox"
              checked={now.confirm_answer}
              onChange={(event) => set({ confirm_answer: event.target.checked })}
            />
            <span>
              {said.confirm}
              <span className="quiet block">{said.confirmHint}</span>
            </span>
          </label>
        )}
      </fieldset>
      <fieldset>
        <legend>{said.caps}</legend>
        <Cap label={said.chatCap} value={now.chat_cap} onChange={(chat_cap) => set({ chat_cap })} />
        <Cap label={said.emailCap} value={now.email_cap} onChange={(email_cap) => set({ email_cap })} />
        <p className="quiet">{said.capHint}</p>
      </fieldset>
    </>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

function Choice({ name, label, hint, chosen, onChoose }: ChoiceProps) {
  return (
    <label className="option">
      <input type="radio" name={name} checked={chosen} onChange={onChoose} />
      <span>
        {label}
        <span className="quiet block">{hint}</span>
      </span>
    </label>
  );
}

interface CapProps {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function Cap({ label, value, onChange }: CapProps) {
  return (
    <label>
      {label}
      <input
        type="number"
        min={0}
        max={10}
        step={1}
        required
        value={Number.isNaN(value) ? "" : value}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
    </label>
  );
}
