// Configure Inbox: what the Personal view shows, kept with the person and not with the browser.
import { useState } from "react";
import type { Me } from "../api/types";
import {
  CHANNELS,
  COLUMNS,
  PLAIN,
  SORTS,
  viewFrom,
  type Column,
  type InboxView,
  type Sort,
} from "../inbox/view";
import { savePreferences } from "../live/moves";
import { go } from "../router";
import { channels } from "../strings";
import { inboxWords } from "../strings/inbox";
import { Dialog } from "./Dialog";

const said = inboxWords.configure;

interface ConfigureInboxProps {
  readonly me: Me;
  readonly onClose: () => void;
}

export function ConfigureInbox({ me, onClose }: ConfigureInboxProps) {
  const [view, setView] = useState<InboxView>(() => viewFrom(me.preferences.inbox_view));
  const [problem, setProblem] = useState<string | null>(null);
  const change = (part: Partial<InboxView>): void => setView({ ...view, ...part });

  async function save(): Promise<void> {
    const refused = await savePreferences({ inbox_view: { ...view } });
    setProblem(refused);
    if (refused !== null) return;
    onClose();
    go("/inbox/personal");
  }

  return (
    <Dialog title={said.title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <p className="quiet">{said.intro}</p>
        <Filters me={me} view={view} change={change} />
        <label>
          {said.sort}
          <select
            value={view.sort}
            onChange={(event) => change({ sort: event.target.value as Sort })}
          >
            {SORTS.map((sort) => (
              <option key={sort} value={sort}>
                {said.sorts[sort]}
              </option>
            ))}
          </select>
        </label>
        <Choices
          title={said.columns}
          choices={COLUMNS}
          names={said.columnNames}
          chosen={view.columns}
          onChoose={(columns: readonly Column[]) => change({ columns })}
        />
        <p className="problem" role="alert">
          {problem}
        </p>
        <div className="buttons">
          <button type="button" onClick={() => setView(PLAIN)}>
            {said.reset}
          </button>
          <span className="spring" />
          <button type="button" onClick={onClose}>
            {said.cancel}
          </button>
          <button type="submit" className="primary">
            {said.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface FiltersProps {
  readonly me: Me;
  readonly view: InboxView;
  readonly change: (part: Partial<InboxView>) => void;
}

function Filters({ me, view, change }: FiltersProps) {
  const skills = me.skills.map((skill) => skill.name);
  const names = Object.fromEntries(skills.map((skill) => [skill, skill]));
  const shown = view.channels.length > 0 ? view.channels : CHANNELS;
  return (
    <>
      <Choices
        title={said.channels}
        choices={CHANNELS}
        names={channels}
        chosen={shown}
        onChoose={(picked) => change({ channels: picked.length === CHANNELS.length ? [] : picked })}
      />
      {skills.length > 0 && (
        <Choices
          title={said.skills}
          hint={said.skillsHint}
          choices={skills}
          names={names}
          chosen={view.skills}
          onChoose={(picked) => change({ skills: picked })}
        />
      )}
      <label>
        {said.leastPriority}
        <input
          type="number"
          min={0}
          max={10}
          required
          value={view.leastPriority}
          onChange={(event) => change({ leastPriority: event.target.valueAsNumber || 0 })}
        />
      </label>
      <label className="option">
        <input
          type="checkbox"
          checked={view.forMeOnly}
          onChange={(event) => change({ forMeOnly: event.target.checked })}
        />
        <span>{said.forMeOnly}</span>
      </label>
    </>
  );
}

interface ChoicesProps<Choice extends string> {
  readonly title: string;
  readonly hint?: string;
  readonly choices: readonly Choice[];
  readonly names: Readonly<Record<string, string>>;
  readonly chosen: readonly Choice[];
  readonly onChoose: (chosen: readonly Choice[]) => void;
}

function Choices<Choice extends string>(props: ChoicesProps<Choice>) {
  const { title, hint, choices, names, chosen, onChoose } = props;
  const toggle = (choice: Choice): void =>
    onChoose(choices.filter((one) => (one === choice) !== chosen.includes(one)));
  return (
    <fieldset className="choices">
      <legend>{title}</legend>
      {choices.map((choice) => (
        <label key={choice} className="option">
          <input type="checkbox" checked={chosen.includes(choice)} onChange={() => toggle(choice)} />
          <span>{names[choice] ?? choice}</span>
        </label>
      ))}
      {hint && <p className="quiet">{hint}</p>}
    </fieldset>
  );
}
