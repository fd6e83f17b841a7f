// Settings > Operations > Service settings.
import { useState } from "react";
import { admin, type Setting, type SettingValue } from "../admin/api";
import { Head, Wait } from "../admin/parts";
import { sentenceOf, useLoaded } from "../admin/useList";
import { adminWords } from "../strings/admin";

const said = adminWords.settings;

type Draft = Readonly<Record<string, SettingValue | null>>;

export default function ServiceSettings() {
  const loaded = useLoaded(admin.settings);
  return (
    <>
      <Head title={said.title} intro={said.intro} />
      <Wait of={loaded}>{({ items }) => <Form items={items} onSaved={loaded.reload} />}</Wait>
    </>
  );
}

interface FormProps {
  readonly items: readonly Setting[];
  readonly onSaved: () => Promise<void>;
}

function Form({ items, onSaved }: FormProps) {
  const [draft, setDraft] = useState<Draft>({});
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [saved, setSaved] = useState(false);
  const set = (key: string, value: SettingValue | null): void => {
    setDraft({ ...draft, [key]: value });
    setSaved(false);
  };
  async function save(): Promise<void> {
    setBusy(true);
    try {
      await admin.changeSettings(draft);
      await onSaved();
      setDraft({});
      setProblem(null);
      setSaved(true);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    setBusy(false);
  }
  const listed = new Set(said.groups.flatMap(({ keys }) => [...keys] as string[]));
  const others = items.filter(({ key }) => !listed.has(key)).map(({ key }) => key);
  const groups = [...said.groups, ...(others.length > 0 ? [{ name: said.others, keys: others }] : [])];
  const by = new Map(items.map((setting) => [setting.key, setting]));
  return (
    <form
      className="settings-form settings-wide"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {groups.map(({ name, keys }) => (
        <fieldset key={name}>
          <legend>{name}</legend>
          {keys.map((key) => {
            const setting = by.get(key);
            return setting && <Row key={key} setting={setting} draft={draft[key]} onChange={(value) => set(key, value)} />;
          })}
        </fieldset>
      ))}
      <p className="problem" role="alert">
        {problem}
      </p>
      <div className="buttons">
        <button type="submit" className="primary" disabled={busy || Object.keys(draft).length === 0}>
          {busy ? adminWords.saving : adminWords.save}
        </button>
        <span role="status" className="quiet">
          {saved && adminWords.saved}
        </span>
      </div>
    </form>
  );
}

interface RowProps {
  readonly setting: Setting;
  /** What is to be; undefined: not touched, null: the default. */
  readonly draft: SettingValue | null | undefined;
  readonly onChange: (value: SettingValue | null) => void;
}

function Row({ setting, draft, onChange }: RowProps) {
  const { key, value: present, default: standard } = setting;
  const value = draft === null ? standard : (draft ?? present);
  const [name, hint] = said.names[key] ?? [key, ""];
  const id = `setting-${key}`;
  return (
    <div className="setting">
      <span>
        <label htmlFor={id}>{name}</label>
        <span id={`${id}-hint`} className="quiet block">
          {hint} {said.standard(inWords(setting, standard))}
        </span>
      </span>
      <span className="field">
        <Field setting={setting} id={id} value={value} onChange={onChange} />
        {value !== standard && (
          <button type="button" aria-label={`${said.reset}: ${name}`} onClick={() => onChange(null)}>
            {said.reset}
          </button>
        )}
      </span>
    </div>
  );
}

interface FieldProps {
  readonly setting: Setting;
  readonly id: string;
  readonly value: SettingValue;
  readonly onChange: (value: SettingValue) => void;
}

function Field({ setting, id, value, onChange }: FieldProps) {
  const common = { id, "aria-describedby": `${id}-hint` };
  if (typeof value === "boolean") {
    return (
      <input type="checkbox" {...common} checked={value} onChange={(event) => onChange(event.target.checked)} />
    );
  }
  if (typeof value === "string") {
    return (
      <select {...common} value={value} onChange={(event) => onChange(event.target.value)}>
        {setting.choices.map((choice) => (
          <option key={choice} value={choice}>
            {said.choices[choice] ?? choice}
          </option>
        ))}
      </select>
    );
  }
  return (
    <>
      <input
        type="number"
        {...common}
        required
        step="any"
        min={setting.minimum ?? undefined}
        max={setting.maximum ?? undefined}
        value={Number.isNaN(value) ? "" : value}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
      <span className="quiet">
        {unitOf(setting.key)}, {said.range(setting.minimum ?? 0, setting.maximum ?? 0)}
      </span>
    </>
  );
}

function inWords({ choices }: Setting, value: SettingValue): string {
  if (typeof value === "boolean") return value ? adminWords.yes : adminWords.no;
  if (choices.length > 0) return said.choices[String(value)] ?? String(value);
  return String(value);
}

function unitOf(key: string): string {
  if (key.endsWith("_seconds")) return said.seconds;
  if (key.endsWith("_percent")) return said.percent;
  return key.endsWith("_days") ? said.days : said.times;
}
