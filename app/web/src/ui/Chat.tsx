// A written conversation: what was said, and where the agent writes.
import { useEffect, useMemo, useRef } from "react";
import type { Attachment, Conversation, Me, Message } from "../api/types";
import { load, seen, takeBack, threadOf, threads, unreadOf, type Pending, type Thread } from "../live/chat";
import { inHandOf } from "../live/conversation";
import { useStore } from "../live/store";
import { chatWords } from "../strings/chat";
import { nameOf } from "../strings";
import { Composer } from "./Composer";
import { Icon } from "./Icons";
import { marksOf, type Mark } from "./Transcript";

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

interface ChatProps {
  readonly conversation: Conversation;
  readonly me: Me;
}

export function Chat({ conversation, me }: ChatProps) {
  const { id } = conversation;
  const thread = useStore(threads, (all) => threadOf(all, id));
  const mine = inHandOf(conversation, me.id);
  useEffect(() => void load(id), [id]);
  useEffect(() => {
    const look = (): void => {
      if (mine && document.visibilityState === "visible") seen(id);
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [id, mine, thread.messages]);
  return (
    <section className="chat" aria-label={chatWords.label}>
      <Said conversation={conversation} thread={thread} />
      <p className="chat-typing quiet" role="status">
        {thread.typing && chatWords.typing(nameOf(conversation))}
      </p>
      {mine && <Composer conversation={conversation} me={me} draft={thread.draft} />}
    </section>
  );
}

function Said({ conversation, thread }: { readonly conversation: Conversation; readonly thread: Thread }) {
  const list = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  const { messages, pending } = thread;
  useEffect(() => {
    const element = list.current;
    if (element && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [messages, pending]);
  const lines = useMemo(() => {
    const at = (line: Message | Mark): number => Date.parse(line.at);
    return [...marksOf(conversation), ...messages].sort((a, b) => at(a) - at(b));
  }, [conversation, messages]);
  const lastRead = messages.findLast(
    ({ author, seq }) => author === "agent" && seq <= thread.customerRead,
  )?.seq;
  return (
    <ol
      ref={list}
      className="transcript messages"
      aria-label={chatWords.messages}
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
    >
      {lines.map((line) =>
        "mark" in line ? (
          <li key={`${line.at} ${line.mark}`} className="mark">
            <span>{line.mark}</span>
          </li>
        ) : (
          <li key={line.seq} data-speaker={line.author} data-seq={line.seq}>
            <span className="speaker">{speakerOf(line, conversation)}</span>
            <span className="said">{line.text}</span>
            <Attached files={line.attachments} />
            <span className="quiet">
              {line.seq === lastRead && `${chatWords.seen} `}
              <time dateTime={line.at}>{clock.format(new Date(line.at))}</time>
            </span>
          </li>
        ),
      )}
      {pending.map((each) => (
        <OnItsWay key={each.client_id} id={conversation.id} pending={each} />
      ))}
    </ol>
  );
}

function speakerOf({ author, name }: Message, conversation: Conversation): string {
  if (author === "customer") return nameOf(conversation);
  if (author === "agent") return name ?? chatWords.agent;
  return author === "bot" ? chatWords.bot : chatWords.system;
}

function Attached({ files }: { readonly files: readonly Attachment[] }) {
  return files.map(({ id, name, size }) => (
    <a key={id} className="attached" href={`/api/v1/attachments/${encodeURIComponent(id)}`} download={name}>
      <Icon name="clip" /> {name} ({chatWords.size(size)})
    </a>
  ));
}

function OnItsWay({ id, pending }: { readonly id: string; readonly pending: Pending }) {
  return (
    <li className="on-its-way" data-speaker="agent">
      <span className="speaker">{chatWords.you}</span>
      <span className="said">{pending.text}</span>
      <Attached files={pending.attachments} />
      {pending.problem === null ? (
        <span className="quiet">{chatWords.sending}</span>
      ) : (
        <span className="problem" role="alert">
          {pending.problem}{" "}
          <button type="button" onClick={() => takeBack(id, pending)}>
            {chatWords.takeBack}
          </button>
        </span>
      )}
    </li>
  );
}

/** How many messages of the customer nobody saw; nothing where all were. */
export function Unread({ id }: { readonly id: string }) {
  const count = useStore(threads, (all) => unreadOf(threadOf(all, id)));
  if (count === 0) return null;
  return (
    <span className="unread" title={chatWords.unread(count)}>
      {count}
    </span>
  );
}
