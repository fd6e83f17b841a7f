// What the settings' pages are made of: head, table, dialogs.
import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { Dialog } from "../ui/Dialog";
import { adminWords } from "../strings/admin";
import { folded } from "../text";
import { Refused, refusedFields, useRefused } from "./fieldErrors";
import { sentenceOf, type Loaded } from "./useList";
import "../styles/admin.css";

interface HeadProps {
  readonly title: string;
  readonly intro: string;
  readonly children?: ReactNode;
}

export function Head({ title, intro, children }: HeadProps) {
  return (
    <header className="admin-head">
      <div>
        <h1>{title}</h1>
        <p className="quiet">{intro}</p>
      </div>
      {children}
    </header>
  );
}

interface WaitProps<T> {
  readonly of: Loaded<T>;
  readonly children: (value: T) => ReactNode;
}

/** The page's content once it is there; else that it loads, or why it cannot. */
export function Wait<T>({ of, children }: WaitProps<T>) {
  const { value, problem, reload } = of;
  return (
    <>
      {problem && (
        <p className="problem" role="alert">
          {problem}{" "}
          <button type="button" onClick={() => void reload()}>
            {adminWords.again}
          </button>
        </p>
      )}
      {value === undefined ? !problem && <p className="quiet">{adminWords.loading}</p> : children(value)}
    </>
  );
}

export interface Column<T> {
  readonly name: string;
  readonly show: (item: T) => ReactNode;
  /** The cell that names the row. */
  readonly isName?: boolean;
}

interface TableProps<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly keyOf: (item: T) => string;
  readonly actions?: (item: T) => ReactNode;
  readonly empty: string;
}

/** Rows drawn at once; more are shown when asked for. */
const PORTION = 200;

export function Table<T>({ label, items, columns, keyOf, actions, empty }: TableProps<T>) {
  const [shown, setShown] = useState(PORTION);
  if (items.length === 0) return <p className="admin-empty">{empty}</p>;
  return (
    <div className="admin-table" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            {actions && (
              <th scope="col">
                <span className="visually-hidden">{adminWords.actions}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {items.slice(0, shown).map((item) => (
            <tr key={keyOf(item)}>
              {columns.map(({ name, show, isName }) =>
                isName ? (
                  <th key={name} scope="row">
                    {show(item)}
                  </th>
                ) : (
                  <td key={name}>{show(item)}</td>
                ),
              )}
              {actions && <td className="admin-actions">{actions(item)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {items.length > shown && (
        <button type="button" onClick={() => setShown(shown + PORTION)}>
          {adminWords.more(items.length - shown)}
        </button>
      )}
    </div>
  );
}

interface ActProps {
  readonly does: string;
  /** The row's name: each button says what it is about. */
  readonly on: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
}

export function Act({ does, on, onClick, disabled = false }: ActProps) {
  return (
    <button type="button" aria-label={adminWords.of(does, on)} disabled={disabled} onClick={onClick}>
      {does}
    </button>
  );
}

interface FormDialogProps {
  readonly title: string;
  readonly submit: string;
  readonly busy?: string;
  readonly danger?: boolean;
  /** Fields side by side, where there is room. */
  readonly wide?: boolean;
  /** Rejects with what went wrong. */
  readonly onSubmit: () => Promise<unknown>;
  readonly onClose: () => void;
  /** Said beside the sentence, such as a list. */
  readonly explain?: (error: unknown) => ReactNode;
  readonly children: ReactNode;
}

/** A dialog that stays open, and says why, when the service refuses. */
export function FormDialog(props: FormDialogProps) {
  const { title, submit, onSubmit, onClose, explain, children, danger = false, wide = false } = props;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (error !== null) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [error]);
  async function send(): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      await onSubmit();
      onClose();
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        ref={form}
        className={wide ? "admin-form wide" : "admin-form"}
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <Refused.Provider value={refusedFields(error)}>{children}</Refused.Provider>
        <div className="problem" role="alert">
          {error !== null && sentenceOf(error)}
          {error !== null && explain?.(error)}
        </div>
        <div className="buttons">
          <button type="button" onClick={onClose}>
            {adminWords.cancel}
          </button>
          <button type="submit" className={danger ? "danger" : "primary"} disabled={busy}>
            {busy ? (props.busy ?? adminWords.saving) : submit}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface TextProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string;
  readonly type?: "text" | "email" | "tel" | "password" | "number";
  readonly required?: boolean;
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly autoComplete?: string;
  readonly area?: boolean;
  readonly pattern?: string;
  readonly disabled?: boolean;
  /** Its name in the request: what the service says about it, or its parts, is said here. */
  readonly field?: string;
}

export function TextField(props: TextProps) {
  const { label, value, onChange, hint, type = "text", area = false, field, ...rest } = props;
  const id = useId();
  const { says, attributes, mended } = useSaid(id, hint, field);
  const change = (event: { target: { value: string } }): void => {
    mended();
    onChange(event.target.value);
  };
  return (
    <div>
      <label htmlFor={id}>{label}</label>
      {area ? (
        <textarea id={id} rows={3} value={value} onChange={change} {...attributes} {...rest} />
      ) : (
        <input id={id} type={type} value={value} onChange={change} {...attributes} {...rest} />
      )}
      {says}
    </div>
  );
}

/** What stands below a field: why it was refused, and its hint; and its attributes for both. */
function useSaid(id: string, hint: string | undefined, field: string | undefined) {
  const { refused, mended } = useRefused(field);
  const by = [refused && `${id}-refused`, hint && `${id}-hint`].filter(Boolean).join(" ");
  const attributes = { ...(by ? { "aria-describedby": by } : {}), ...(refused ? { "aria-invalid": true } : {}) };
  const says = (
    <>
      {refused && (
        <span id={`${id}-refused`} className="problem hint">
          {refused}
        </span>
      )}
      {hint && (
        <span id={`${id}-hint`} className="quiet hint">
          {hint}
        </span>
      )}
    </>
  );
  return { says, attributes, mended };
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly onChange: (value: T) => void;
  readonly choices: readonly (readonly [T, string])[];
  readonly hint?: string;
  /** As a text field's. */
  readonly field?: string;
}

export function ChoiceField<T extends string>({ label, value, onChange, choices, hint, field }: ChoiceProps<T>) {
  const id = useId();
  const { says, attributes, mended } = useSaid(id, hint, field);
  return (
    <div>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        onChange={(event) => {
          mended();
          onChange(event.target.value as T);
        }}
        {...attributes}
      >
        {choices.map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
      {says}
    </div>
  );
}

interface CheckProps {
  readonly label: string;
  readonly hint?: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function CheckField({ label, hint, checked, disabled = false, onChange }: CheckProps) {
  const id = useId();
  return (
    <div className="option">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        disabled={disabled}
        {...(hint ? { "aria-describedby": `${id}-hint` } : {})}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>
        <label htmlFor={id} className="check-label">
          {label}
        </label>
        {hint && (
          <span id={`${id}-hint`} className="quiet hint">
            {hint}
          </span>
        )}
      </span>
    </div>
  );
}

/** Narrows a list by a word; case and accents do not count. */
export function FindField({ value, onChange }: Pick<TextProps, "value" | "onChange">) {
  return (
    <label className="admin-find">
      <span className="visually-hidden">{adminWords.find}</span>
      <input
        type="search"
        placeholder={adminWords.find}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

/** Whether every word of what is looked for is in the text. */
export function fits(wanted: string, text: string): boolean {
  const within = folded(text);
  return folded(wanted)
    .split(/\s+/)
    .every((word) => within.includes(word));
}

/** Something to take along: read only, and a button that copies it. */
export function Copyable({ label, value }: { readonly label: string; readonly value: string }) {
  const [copied, setCopied] = useState(false);
  const id = useId();
  async function copy(): Promise<void> {
    // Only secure contexts have a clipboard, whatever the types say.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    const field = document.getElementById(id);
    if (field instanceof HTMLInputElement) field.select();
    await clipboard?.writeText(value);
    setCopied(clipboard !== undefined);
  }
  return (
    <div className="copyable">
      <label htmlFor={id}>{label}</label>
      <input id={id} readOnly value={value} onFocus={(event) => event.target.select()} />
      <button type="button" aria-label={adminWords.of(adminWords.copy, label)} onClick={() => void copy()}>
        {adminWords.copy}
      </button>
      <span role="status" className="visually-hidden">
        {copied && adminWords.copied}
      </span>
    </div>
  );
}
