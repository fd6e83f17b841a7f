// Makes a chat widget, or changes one.
import { useState } from "react";
import { adminWords } from "../strings/admin";
import { widgetWords as said } from "../strings/widgets";
import type { ApiKey } from "./api";
import { refusal } from "./fieldErrors";
import type { DialogOf } from "./ListPage";
import { ChoiceField, FormDialog, TextField } from "./parts";
import { listed } from "./routing";
import { ENTRY, originsOf, widgets, type Asked, type ChatWidget } from "./widgets";

interface WidgetDialogProps extends DialogOf {
  readonly widget: ChatWidget | null;
  readonly all: readonly ChatWidget[];
  readonly keys: readonly ApiKey[];
}

const ASKED: readonly (readonly [Asked, string])[] = [
  ["nothing", said.asked.nothing],
  ["name", said.asked.name],
  ["email", said.asked.email],
];

export function WidgetDialog({ widget, all, keys, onClose, onDone }: WidgetDialogProps) {
  const [entry, setEntry] = useState(widget?.entry ?? "");
  const [title, setTitle] = useState(widget?.title ?? "");
  const [bot, setBot] = useState(widget?.bot ?? "");
  const [skills, setSkills] = useState(widget?.skills.join(", ") ?? "");
  const [priority, setPriority] = useState(String(widget?.priority ?? 0));
  const [ask, setAsk] = useState((widget?.ask ?? "nothing") as Asked);
  const [origins, setOrigins] = useState(widget?.origins.join("\n") ?? "");
  const save = async (): Promise<void> => {
    // One call makes and changes: a new one must not write over another.
    if (widget === null && all.some((each) => each.entry === entry)) throw refusal("entry", said.taken(entry));
    await widgets.save(entry, {
      title,
      skills: listed(skills),
      priority: Number(priority),
      bot: bot || null,
      ask,
      origins: originsOf(origins),
    });
    await onDone();
  };
  return (
    <FormDialog wide title={widget ? said.change : said.add} submit={adminWords.save} onSubmit={save} onClose={onClose}>
      <div className="two">
        <TextField
          label={said.entry}
          hint={said.entryHint}
          field="entry"
          value={entry}
          onChange={setEntry}
          disabled={widget !== null}
          required
          maxLength={40}
          pattern={ENTRY}
        />
        <TextField label={said.heading} hint={said.headingHint} field="title" value={title} onChange={setTitle} maxLength={100} />
      </div>
      <div className="two">
        <ChoiceField
          label={said.begins}
          hint={said.beginsHint}
          field="bot"
          value={bot}
          onChange={setBot}
          choices={[["", said.queue], ...choicesOf(keys, widget?.bot ?? null)]}
        />
        <TextField label={said.skills} hint={said.skillsHint} field="skills" value={skills} onChange={setSkills} />
      </div>
      <div className="two">
        <ChoiceField label={said.ask} field="ask" value={ask} onChange={setAsk} choices={ASKED} />
        <TextField label={said.priority} hint={said.priorityHint} field="priority" type="number" value={priority} onChange={setPriority} />
      </div>
      <TextField label={said.origins} hint={said.originsHint} field="origins" value={origins} onChange={setOrigins} area />
    </FormDialog>
  );
}

/** Keys that work, and the one that is set, whatever became of it. */
function choicesOf(keys: readonly ApiKey[], set: string | null): readonly (readonly [string, string])[] {
  const works = keys.filter(({ revoked_at }) => revoked_at === null).map(({ id, name }) => [id, said.bot(name)] as const);
  if (set === null || works.some(([id]) => id === set)) return works;
  const name = keys.find(({ id }) => id === set)?.name ?? said.unknownKey;
  return [...works, [set, said.revoked(name)]];
}
