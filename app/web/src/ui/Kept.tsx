// One conversation of the archive: what was said, who had it, what happened.
import type { Conversation, Me, Segment, TimelineEntry } from "../api/types";
import { useKept } from "../live/archive";
import { isWritten } from "../live/chat";
import { desk, seenConversations, select } from "../live/desk";
import { useStore } from "../live/store";
import { channels, nameOf, words } from "../strings";
import { archiveWords as said } from "../strings/archive";
import { panelWords } from "../strings/panel";
import { clockOf } from "../time";
import { Chat } from "./Chat";
import { Context } from "./Context";
import { Exports } from "./Exports";
import { channelIcon, Icon } from "./Icons";
import { Link } from "./Link";
import { TalkRecordings } from "./TalkRecordings";
import { TimelinePicture } from "./TimelinePicture";
import { Transcript } from "./Transcript";

interface KeptProps {
  readonly id: string;
  readonly me: Me;
}

export function Kept({ id, me }: KeptProps) {
  const kept = useKept(id);
  const live = useStore(desk, (state) => seenConversations(state).get(id));
  if (kept === null || typeof kept === "string") {
    return (
      <main id="panel" className="panel panel-empty" tabIndex={-1}>
        <p role="status">{kept ?? said.loading}</p>
      </main>
    );
  }
  const conversation = live ?? kept.conversation;
  return (
    <main id="panel" className="panel" tabIndex={-1} aria-label={words.panel.label}>
      <Head conversation={conversation} open={live !== undefined} />
      <div className="panel-body">
        <div className="panel-main" tabIndex={0} role="group" aria-label={said.timeline}>
          {isWritten(conversation) ? (
            <Chat key={`written ${id}`} conversation={conversation} me={me} />
          ) : (
            <Transcript key={id} conversation={conversation} />
          )}
          <TalkRecordings key={`recordings ${id}`} id={id} />
          <Parts segments={conversation.segments} />
          <Events timeline={kept.timeline} />
        </div>
        <Context conversation={conversation} me={me} />
      </div>
    </main>
  );
}

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function Head({ conversation, open }: { readonly conversation: Conversation; readonly open: boolean }) {
  const { channel, created_at, closed_at, state } = conversation;
  const lasted = closed_at && clockOf(Date.parse(closed_at) - Date.parse(created_at));
  return (
    <header className="panel-head">
      <span title={channels[channel]}>
        <Icon name={channelIcon[channel]} size={20} />
      </span>
      <h1>{nameOf(conversation)}</h1>
      <span className={`state state-${state}`}>
        <span className="dot" />
        {state === "closed" ? panelWords.outcome(conversation) : words.states[state]}
      </span>
      <time className="quiet" dateTime={created_at}>
        {moment.format(new Date(created_at))}
      </time>
      {lasted && (
        <span className="quiet" title={said.lasted}>
          {lasted}
        </span>
      )}
      <span className="spring" />
      <Exports of={`/api/v1/conversations/${encodeURIComponent(conversation.id)}/export`} query="" />
      {open && (
        <span onClick={() => select(conversation.id)} role="presentation">
          <Link to="/inbox">{said.openInInbox}</Link>
        </span>
      )}
    </header>
  );
}

function Parts({ segments }: { readonly segments: readonly Segment[] }) {
  if (segments.length === 0) return null;
  return (
    <section className="kept-part">
      <h2>{said.agents}</h2>
      <ul className="earlier">
        {segments.map((segment) => (
          <li key={segment.from}>
            <strong>{segment.agent.name}</strong>{" "}
            <span className="quiet">
              {segment.to && clockOf(Date.parse(segment.to) - Date.parse(segment.from))}
              {segment.disposition && ` · ${segment.disposition}`}
            </span>
            <p>{segment.notes || said.noNotes}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

const second = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

function Events({ timeline }: { readonly timeline: readonly TimelineEntry[] }) {
  const told = timeline.flatMap((entry) => {
    const name = panelWords.event(entry);
    return name === null ? [] : [{ entry, name }];
  });
  if (told.length === 0) return null;
  return (
    <section className="kept-part">
      <h2>{said.timeline}</h2>
      <TimelinePicture timeline={timeline} />
      <ol className="timeline">
        {told.map(({ entry, name }, index) => (
          <li key={index}>
            <time className="quiet" dateTime={entry.at}>
              {second.format(new Date(entry.at))}
            </time>
            <span>
              {name}
              {entry.agent && <span className="quiet"> {panelWords.by(entry, entry.agent.name)}</span>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
