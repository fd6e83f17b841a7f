// How many chats and emails come to me at once. Calls: one, which nobody can change.
import { useState } from "react";
import type { Me, PreferenceChanges } from "../api/types";
import { savePreferences } from "../live/moves";
import { inboxWords } from "../strings/inbox";
import { Icon } from "./Icons";
import { Popover } from "./Popover";

const said = inboxWords.caps;

export function Caps({ me }: { readonly me: Me }) {
  const { load, preferences } = me;
  return (
    <Popover
      className="caps"
      label={said.label}
      button={
        <>
          <span className="ticking">{said.short("chat", load.chat, preferences.chat_cap)}</span>
          <span className="ticking">{said.short("email", load.email, preferences.email_cap)}</span>
          <Icon name="chevron" />
        </>
      }
    >
      {() => (
        <>
          <Cap name={said.chat} value={preferences.chat_cap} field="chat_cap" />
          <Cap name={said.email} value={preferences.email_cap} field="email_cap" />
          <p className="quiet">{said.voice}</p>
          <p className="quiet">{said.hint}</p>
        </>
      )}
    </Popover>
  );
}

interface CapProps {
  readonly name: string;
  readonly value: number;
  readonly field: keyof Pick<PreferenceChanges, "chat_cap" | "email_cap">;
}

/** Saved as it is changed. */
function Cap({ name, value, field }: CapProps) {
  const [text, setText] = useState(String(value));
  const [answer, setAnswer] = useState<string | null>(null);
  async function change(typed: string): Promise<void> {
    setText(typed);
    const cap = Number(typed);
    if (typed.trim() === "" || !Number.isInteger(cap) || cap < 0 || cap > 10) {
      setAnswer(said.bad);
      return;
    }
    setAnswer((await savePreferences({ [field]: cap })) ?? said.saved);
  }
  return (
    <label>
      {name}
      <input
        type="number"
        min={0}
        max={10}
        value={text}
        onChange={(event) => void change(event.target.value)}
      />
      <span role="status" className="quiet">
        {answer}
      </span>
    </label>
  );
}
