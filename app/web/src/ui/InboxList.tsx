// The list: offers on top, then mine with the wrap-ups, and what waits. Rows are drawn again only
// when their own conversation changes; times tick by themselves.
import { memo, useMemo, type KeyboardEvent } from "react";
import type { Conversation, Me } from "../api/types";
import { clockFor } from "../inbox/clockFor";
import type { Sections } from "../inbox/sections";
import { arranged, PLAIN, viewFrom, type Column } from "../inbox/view";
import { openWrapUpOf } from "../live/conversation";
import { isWritten } from "../live/chat";
import { select } from "../live/desk";
import { channels, nameOf, sentimentWord, words } from "../strings";
import { callbackWords } from "../strings/callback";
import { inboxWords } from "../strings/inbox";
import { Unread } from "./Chat";
import { channelIcon, Icon } from "./Icons";
import { Idle } from "./Idle";
import { Link } from "./Link";
import { OfferCard } from "./OfferCard";
import { Elapsed } from "./Ticking";
import { VirtualRows } from "./VirtualRows";

interface InboxListProps {
  readonly me: Me;
  readonly sections: Sections;
  readonly currentId: string | null;
  /** Inbox / Personal: with my own filters, order and columns. */
  readonly personal: boolean;
}

export function InboxList({ me, sections, currentId, personal }: InboxListProps) {
  const { offered, mine, wrapUps, waiting } = sections;
  const saved = me.preferences.inbox_view;
  const view = useMemo(() => (personal ? viewFrom(saved) : PLAIN), [personal, saved]);
  const seen = useMemo(() => arranged(waiting, view), [waiting, view]);
  const row = (each: Conversation, index: number) => (
    <Row
      conversation={each}
      meId={me.id}
      current={each.id === currentId}
      stop={index === 0 || each.id === currentId}
      columns={view.columns}
    />
  );
  return (
    <section
      className="inbox scroller"
      aria-label={personal ? inboxWords.personal : words.list.label}
      onKeyDown={moveByArrow}
    >
      <div className="slot">
        {offered.map((each) => (
          <OfferCard key={each.id} conversation={each} current={each.id === currentId} />
        ))}
        {offered.length === 0 && <Idle me={me} sections={sections} />}
      </div>
      <Heading title={words.list.mine} count={mine.length + wrapUps.length} />
      {mine.length + wrapUps.length === 0 ? (
        <p className="empty one-row">{inboxWords.nothingMine}</p>
      ) : (
        <VirtualRows items={[...mine, ...wrapUps]} keyOf={idOf} row={row} />
      )}
      <Heading title={words.list.waiting} count={seen.length} />
      <VirtualRows items={seen} keyOf={idOf} row={row} />
      <Under waiting={waiting.length} seen={seen.length} />
    </section>
  );
}

const idOf = ({ id }: Conversation): string => id;

/** The arrow keys, Home and End go from row to row; Tab goes on to what comes after the rows. */
function moveByArrow(event: KeyboardEvent<HTMLElement>): void {
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>(".row")];
  const at = rows.findIndex((row) => row === document.activeElement);
  if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  const next = to === undefined ? undefined : rows[to];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function Heading({ title, count }: { readonly title: string; readonly count: number }) {
  return (
    <h2>
      {title}
      <span className="count">{count}</span>
    </h2>
  );
}

interface UnderProps {
  readonly waiting: number;
  readonly seen: number;
}

/** What stands under the waiting rows: that there are none, or that some are filtered away. */
function Under({ waiting, seen }: UnderProps) {
  const hidden = waiting - seen;
  if (waiting === 0) return <p className="empty">{words.list.noWaiting}</p>;
  if (hidden === 0) return null;
  return (
    <p className="empty">
      {inboxWords.hidden(hidden)} <Link to="/inbox">{inboxWords.showAll}</Link>
    </p>
  );
}

interface RowProps {
  readonly conversation: Conversation;
  readonly meId: string;
  readonly current: boolean;
  /** Tab stops at it. */
  readonly stop: boolean;
  readonly columns: readonly Column[];
}

const Row = memo(function Row({ conversation, meId, current, stop, columns }: RowProps) {
  const { since, title } = clockFor(conversation, meId);
  const { callback, channel, staffing, state } = conversation;
  const wrapUp = openWrapUpOf(conversation, meId) !== undefined;
  return (
    <button
      type="button"
      className="row"
      tabIndex={stop ? 0 : -1}
      aria-current={current}
      onClick={() => select(conversation.id)}
    >
      <span className="row-icon" title={channels[channel]}>
        <Icon name={channelIcon[channel]} />
      </span>
      <span className="row-name">{nameOf(conversation)}</span>
      {state === "active" && isWritten(conversation) && <Unread id={conversation.id} />}
      {wrapUp && <span className="row-tag">{words.wrapUp.title}</span>}
      {callback && !wrapUp && <span className="row-tag">{callbackWords.tag}</span>}
      {columns.map((column) => (
        <Cell key={column} column={column} conversation={conversation} />
      ))}
      {staffing !== "ok" && state === "queued" && (
        <span className="row-warning" title={words.staffing[staffing]}>
          <Icon name="warning" />
        </span>
      )}
      <span className="row-time">{since && <Elapsed since={since} title={title} />}</span>
    </button>
  );
});

interface CellProps {
  readonly column: Column;
  readonly conversation: Conversation;
}

function Cell({ column, conversation }: CellProps) {
  const { priority } = conversation;
  if (column === "priority") {
    return priority > 0 ? (
      <span className="row-priority" title={words.list.priorityTitle(priority)}>
        {words.list.priority(priority)}
      </span>
    ) : null;
  }
  const text = cellText(column, conversation);
  return (
    <span className={column === "skills" ? "row-skills quiet" : "row-cell quiet"} title={text}>
      {text}
    </span>
  );
}

function cellText(column: Exclude<Column, "priority">, of: Conversation): string {
  switch (column) {
    case "skills":
      return of.skills.join(" · ");
    case "number":
      return of.customer.name === null ? "" : (of.customer.number ?? "");
    case "entry":
      return of.entry ?? "";
    case "language":
      return of.language;
    case "sentiment":
      return of.sentiment === null ? "" : sentimentWord(of.sentiment);
  }
}
