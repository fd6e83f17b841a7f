// Where an agent writes an email: kept as it is typed, sent once.
import { useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import type { Conversation, Me } from "../api/types";
import { lineAt } from "../live/canned";
import { addressesOf, attach, discard, edit, mailOf, mails, sendMail, writtenAll, type Address, type Form, type Mail } from "../live/mail";
import { useStore } from "../live/store";
import { moveSentence } from "../strings";
import { mailWords as said } from "../strings/mail";
import { CannedList, useCanned } from "./CannedList";

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

interface EmailComposerProps {
  readonly conversation: Conversation;
  readonly me: Me;
}

export function EmailComposer({ conversation, me }: EmailComposerProps) {
  const { id } = conversation;
  const mail = useStore(mails, (all) => mailOf(all, id));
  const { list, form } = mail;
  if (!list || !form) return null;
  if (!list.reply.mailbox) {
    return (
      <p className="warning" role="alert">
        {said.noMailbox}
      </p>
    );
  }
  return <Writing id={id} mail={mail} form={form} text={<Text conversation={conversation} me={me} text={form.text} />} />;
}

interface WritingProps {
  readonly id: string;
  readonly mail: Mail;
  readonly form: Form;
}

function Writing({ id, mail, form, text }: WritingProps & { readonly text: ReactNode }) {
  const [more, setMore] = useState(Boolean(form.cc || form.bcc));
  const [wrong, setWrong] = useState<string | null>(null);
  const { list, busy } = mail;
  const others = list?.reply.cc ?? [];
  function send(): void {
    const fields = { to: addressesOf(form.to), cc: addressesOf(form.cc), bcc: addressesOf(form.bcc) };
    const bad = [...fields.to, ...fields.cc, ...fields.bcc].find((each) => typeof each === "string");
    const refused = bad !== undefined ? said.badAddress(bad) : fields.to.length === 0 ? said.noRecipient : null;
    setWrong(refused);
    if (refused !== null) return;
    const only = (some: readonly (Address | string)[]): readonly Address[] => some.filter((each) => typeof each !== "string");
    void sendMail(id, { to: only(fields.to), cc: only(fields.cc), bcc: only(fields.bcc) }, moveSentence);
  }
  function onKey(event: KeyboardEvent): void {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    }
  }
  return (
    <form
      className="mail-composer"
      onKeyDown={onKey}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Field id={id} name="to" label={said.to} value={form.to}>
        {others.length > 0 && (
          <button
            type="button"
            onClick={() => {
              setMore(true);
              edit(id, { cc: writtenAll(others) });
            }}
          >
            {said.all}
          </button>
        )}
        {!more && (
          <button type="button" onClick={() => setMore(true)}>
            {said.more}
          </button>
        )}
      </Field>
      {more && <Field id={id} name="cc" label={said.cc} value={form.cc} />}
      {more && <Field id={id} name="bcc" label={said.bcc} value={form.bcc} />}
      <Field id={id} name="subject" label={said.subject} value={form.subject} />
      {text}
      <Files id={id} mail={mail} form={form} />
      <div className="options">
        <Check label={said.quote} checked={form.quote} onChange={(quote) => edit(id, { quote })} />
        {list?.reply.signature && (
          <Check label={said.signature} checked={form.signature} onChange={(signature) => edit(id, { signature })} />
        )}
      </div>
      <p className="problem" role="alert">
        {wrong ?? mail.problem}
      </p>
      <div className="buttons">
        <button type="submit" className="primary" disabled={busy || form.text.trim() === "" || mail.uploading.length > 0}>
          {busy ? said.sendingNow : said.send} <kbd>Ctrl Enter</kbd>
        </button>
        <button type="button" disabled={busy} onClick={() => void discard(id)}>
          {said.discard}
        </button>
        <span className="quiet" role="status">
          {mail.draftBy && `${said.draftOf(mail.draftBy)}. `}
          {mail.savedAt ? said.saved(clock.format(new Date(mail.savedAt))) : form.text && said.unsaved}
        </span>
      </div>
    </form>
  );
}

/** The words, with canned replies for a line that begins with a slash while somebody types it. */
function Text({ conversation, me, text }: EmailComposerProps & { readonly text: string }) {
  const { id } = conversation;
  const field = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState<number | null>(null);
  const line = caret === null ? null : lineAt(text, caret);
  function put(reply: string): number {
    if (line === null) return 0;
    edit(id, { text: text.slice(0, line.start) + reply + text.slice(line.end) });
    return line.start;
  }
  const replies = useCanned({ conversation, me, draft: line?.text ?? "", put, field });
  return (
    <>
      <CannedList {...replies} />
      <textarea
        ref={field}
        id="composer"
        {...replies.field}
        rows={5}
        maxLength={20_000}
        aria-label={said.text}
        value={text}
        onChange={({ target: { value, selectionStart } }) => {
          setCaret(selectionStart);
          replies.typed(lineAt(value, selectionStart).text);
          edit(id, { text: value });
        }}
        onSelect={({ currentTarget: { selectionStart } }) => {
          if (selectionStart !== caret) setCaret(null); // who went elsewhere looks for nothing
        }}
        onKeyDown={(event) => void replies.onKey(event)}
      />
    </>
  );
}

interface FieldProps {
  readonly id: string;
  readonly name: "to" | "cc" | "bcc" | "subject";
  readonly label: string;
  readonly value: string;
  readonly children?: ReactNode;
}

function Field({ id, name, label, value, children }: FieldProps) {
  return (
    <div className="field">
      <label htmlFor={`mail-${name}`}>{label}</label>
      <input
        id={`mail-${name}`}
        value={value}
        maxLength={name === "subject" ? 300 : 5_000}
        autoComplete="off"
        onChange={(event) => edit(id, { [name]: event.target.value })}
      />
      {children}
    </div>
  );
}

interface CheckProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

function Check({ label, checked, onChange }: CheckProps) {
  return (
    <label>
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} /> {label}
    </label>
  );
}

function Files({ id, mail, form }: WritingProps) {
  const input = useRef<HTMLInputElement>(null);
  const refused = (name: string, why: unknown): string =>
    said.fileRefused(name, why instanceof Error ? why.message : String(why));
  return (
    <div className="attach">
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={said.attach}
        onChange={(event) => {
          const files = Array.from(event.target.files ?? []);
          event.target.value = "";
          void attach(id, files, refused);
        }}
      />
      <button type="button" onClick={() => input.current?.click()}>
        {said.attach}
      </button>
      <ul className="files" aria-label={said.attachments}>
        {form.files.map((file) => (
          <li key={file.id}>
            {file.name} <span className="quiet">{said.bytes(file.size)}</span>{" "}
            <button
              type="button"
              aria-label={said.remove(file.name)}
              onClick={() => edit(id, { files: form.files.filter((each) => each.id !== file.id) })}
            >
              ×
            </button>
          </li>
        ))}
        {mail.uploading.map((name) => (
          <li key={name} className="quiet">
            {said.uploading(name)}
          </li>
        ))}
      </ul>
    </div>
  );
}
