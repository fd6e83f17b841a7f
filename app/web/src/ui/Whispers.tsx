// What supervisors and the agent write to each other beside a chat or email. It stands above what
// the customer reads, in other colours and with a field of its own: nobody takes one for the other.
import { useEffect, useRef, type KeyboardEvent } from "react";
import type { Conversation, Me } from "../api/types";
import { isWritten } from "../live/chat";
import { inHandOf } from "../live/conversation";
import { useStore } from "../live/store";
import { draftWhisper, watchWhispers, whisper, whisperedIn, whispers, type Whispered } from "../live/whispers";
import { whisperWords as said } from "../strings/whispers";
import { Icon } from "./Icons";

interface WhispersProps {
  readonly conversation: Conversation;
  readonly me: Me;
}

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const LONGEST = 4_000;

/** For supervisors, and for whoever has or had a part; agents see it once somebody whispered. */
export function Whispers({ conversation, me }: WhispersProps) {
  const { id, state, segments } = conversation;
  const mine = inHandOf(conversation, me.id);
  const supervises = me.role !== "agent" && !mine;
  const may = isWritten(conversation) && (me.role !== "agent" || segments.some(({ agent }) => agent.id === me.id));
  const whispered = useStore(whispers, (all) => whisperedIn(all, id));
  useEffect(() => (may ? watchWhispers(id) : undefined), [id, may]);
  const any = whispered.items.length + whispered.pending.length > 0;
  const writes = state === "active" && (mine || supervises);
  if (!may || (!any && !(writes && supervises))) return null;
  const agent = conversation.agent?.name ?? "";
  return (
    <section className="whispers" aria-label={said.title}>
      <p className="whispers-head">
        <Icon name="eye" /> <strong>{said.title}</strong> {said.hint}
      </p>
      <Said whispered={whispered} me={me} />
      {writes && <Field id={id} draft={whispered.draft} label={mine ? said.toSupervisors : said.toAgent(agent)} />}
    </section>
  );
}

function Said({ whispered: { items, pending }, me }: { readonly whispered: Whispered; readonly me: Me }) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [items, pending]);
  return (
    <div ref={list} className="whispers-log" role="log" aria-label={said.list} {...(items.length > 0 ? { tabIndex: 0 } : {})}>
      <ol>
        {items.map(({ seq, author_id, name, text, at }) => (
          <li key={seq} data-seq={seq}>
            <span className="speaker">{author_id === me.id ? said.you : (name ?? said.somebody)}</span>
            <span className="said">{text}</span>
            <time dateTime={at}>{clock.format(new Date(at))}</time>
          </li>
        ))}
        {pending.map(({ client_id, text }) => (
          <li key={client_id}>
            <span className="speaker">{said.you}</span>
            <span className="said">{text}</span>
            <span>{said.sending}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

interface FieldProps {
  readonly id: string;
  readonly draft: string;
  readonly label: string;
}

function Field({ id, draft, label }: FieldProps) {
  const text = draft.trim();
  function submit(): void {
    if (text !== "") whisper(id, text);
  }
  function onKey(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <textarea
        rows={1}
        maxLength={LONGEST}
        aria-label={label}
        placeholder={label}
        value={draft}
        onChange={(event) => draftWhisper(id, event.target.value)}
        onKeyDown={onKey}
      />
      <button type="submit" disabled={text === ""}>
        {said.send}
      </button>
    </form>
  );
}
