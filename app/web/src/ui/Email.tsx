// An email conversation: what came and went, and the answer.
import { useEffect, useMemo, useState } from "react";
import type { Conversation, Me, Message } from "../api/types";
import { load, seen, threadOf, threads } from "../live/chat";
import { inHandOf } from "../live/conversation";
import { loadMail, mailOf, mails, writtenAll, type MailItem } from "../live/mail";
import { useStore } from "../live/store";
import { chatWords } from "../strings/chat";
import { mailWords as said } from "../strings/mail";
import { nameOf } from "../strings";
import { dateTime } from "../time";
import { EmailComposer } from "./EmailComposer";
import { marksOf, type Mark } from "./Transcript";
import "../styles/mail.css";

interface EmailProps {
  readonly conversation: Conversation;
  readonly me: Me;
}

export function Email({ conversation, me }: EmailProps) {
  const { id } = conversation;
  const { messages } = useStore(threads, (all) => threadOf(all, id));
  const { list } = useStore(mails, (all) => mailOf(all, id));
  const mine = inHandOf(conversation, me.id);
  useEffect(() => {
    void load(id);
    void loadMail(id);
  }, [id]);
  useEffect(() => {
    if (mine && document.visibilityState === "visible") seen(id);
  }, [id, mine, messages]);
  const lines = useMemo(() => {
    const at = (line: Message | Mark): number => Date.parse(line.at);
    return [...marksOf(conversation), ...messages].sort((a, b) => at(a) - at(b));
  }, [conversation, messages]);
  const bySeq = new Map(list?.items.map((item) => [item.seq, item]));
  return (
    <section className="chat mail" aria-label={said.label}>
      <ol className="mails" aria-label={said.messages} tabIndex={0}>
        {lines.map((line) =>
          "mark" in line ? (
            <li key={`${line.at} ${line.mark}`} className="mark">
              <span>{line.mark}</span>
            </li>
          ) : (
            <OneEmail key={line.seq} message={line} item={bySeq.get(line.seq)} conversation={conversation} />
          ),
        )}
      </ol>
      {mine && <EmailComposer conversation={conversation} me={me} />}
    </section>
  );
}

interface OneProps {
  readonly message: Message;
  /** Undefined for what is no email, such as what Ringdesk itself says. */
  readonly item: MailItem | undefined;
  readonly conversation: Conversation;
}

function OneEmail({ message, item, conversation }: OneProps) {
  const { seq, author, text, at, attachments } = message;
  if (!item) {
    const who = author === "customer" ? nameOf(conversation) : author === "agent" ? (message.name ?? chatWords.agent) : chatWords.system;
    return (
      <li className="note" data-seq={seq}>
        <b>{who}</b> <span className="said">{text}</span>
      </li>
    );
  }
  return (
    <li data-seq={seq} data-speaker={author}>
      <article aria-label={item.subject || said.noSubject}>
        <header>
          <h2>{item.subject || said.noSubject}</h2>
          <time className="quiet" dateTime={at}>
            {dateTime(at)}
          </time>
        </header>
        <dl>
          <Line name={said.from} value={writtenAll([item.from])} />
          <Line name={said.to} value={writtenAll(item.to)} />
          <Line name={said.cc} value={writtenAll(item.cc)} />
          <Line name={said.bcc} value={writtenAll(item.bcc)} />
        </dl>
        {item.is_automatic && <p className="quiet">{said.automatic}</p>}
        {item.notes.length > 0 && <p className="warning">{said.notes(item.notes.join("; "))}</p>}
        <Body item={item} text={text} />
        {attachments.length > 0 && (
          <ul className="files" aria-label={said.attachments}>
            {attachments.map((file) => (
              <li key={file.id}>
                <a href={`/api/v1/attachments/${encodeURIComponent(file.id)}`} download={file.name}>
                  {file.name}
                </a>{" "}
                <span className="quiet">{said.bytes(file.size)}</span>
              </li>
            ))}
          </ul>
        )}
        {item.sending && <Sending sending={item.sending} />}
      </article>
    </li>
  );
}

function Line({ name, value }: { readonly name: string; readonly value: string }) {
  if (!value) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Text at first. The HTML stands in a frame that has no origin, runs nothing and loads nothing. */
function Body({ item, text }: { readonly item: MailItem; readonly text: string }) {
  const [html, setHtml] = useState(false);
  const [images, setImages] = useState(false);
  return (
    <>
      {html ? (
        <iframe
          title={said.frame(item.subject || said.noSubject)}
          src={`/api/v1/emails/${encodeURIComponent(item.id)}/html?images=${images ? "shown" : "blocked"}`}
          sandbox="allow-popups allow-popups-to-escape-sandbox"
          referrerPolicy="no-referrer"
        />
      ) : (
        <p className="said">{text}</p>
      )}
      {item.has_html && (
        <p className="buttons">
          <button type="button" aria-pressed={html} onClick={() => setHtml(!html)}>
            {html ? said.plain : said.html}
          </button>
          {html && item.has_remote && !images && (
            <>
              <span className="quiet">{said.blocked}</span>
              <button type="button" onClick={() => setImages(true)}>
                {said.load}
              </button>
            </>
          )}
        </p>
      )}
    </>
  );
}

function Sending({ sending }: { readonly sending: NonNullable<MailItem["sending"]> }) {
  const { state, detail, next_at, refused } = sending;
  const bad = state === "failed" || state === "bounced";
  return (
    <p className={`sending sending-${state}`} role={bad ? "alert" : "status"}>
      <b>{said.states[state] ?? state}</b>
      {detail && state !== "sent" && ` ${detail}`}
      {next_at && <span className="quiet"> {said.nextTry(dateTime(next_at))}</span>}
      {refused.map((who) => (
        <span key={who} className="problem">
          {said.refused(who)}
        </span>
      ))}
    </p>
  );
}
