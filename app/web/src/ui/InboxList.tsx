// The list: offers on top, then mine, wrap-ups and what waits. Rows are drawn again only when
// their own conversation changes; times tick by themselves.
import { memo } from "react";
import type { Conversation, Me } from "../api/types";
import { clockFor } from "../inbox/clockFor";
import type { Sections } from "../inbox/sections";
import { select } from "../live/desk";
import { channels, nameOf, words } from "../strings";
import { channelIcon, Icon } from "./Icons";
import { Idle } from "./Idle";
import { OfferCard } from "./OfferCard";
import { Elapsed } from "./Ticking";

interface InboxListProps {
  readonly me: Me;
  readonly sections: Sections;
  readonly currentId: string | null;
}

export function InboxList({ me, sections, currentId }: InboxListProps) {
  const { offered, mine, wrapUps, waiting } = sections;
  const rows = (list: readonly Conversation[]) =>
    list.map((each) => (
      <Row key={each.id} conversation={each} meId={me.id} current={each.id === currentId} />
    ));
  return (
    <section className="inbox" aria-label={words.list.label}>
      <div className="slot">
        {offered.map((each) => (
          <OfferCard key={each.id} conversation={each} current={each.id === currentId} />
        ))}
        {offered.length === 0 && <Idle me={me} sections={sections} />}
      </div>
      <Section title={words.list.mine} count={mine.length}>
        {rows(mine)}
      </Section>
      <Section title={words.list.wrapUps} count={wrapUps.length}>
        {rows(wrapUps)}
      </Section>
      <Section title={words.list.waiting} count={waiting.length} always>
        {rows(waiting)}
      </Section>
      {waiting.length === 0 && <p className="empty">{words.list.noWaiting}</p>}
    </section>
  );
}

interface SectionProps {
  readonly title: string;
  readonly count: number;
  /** Shown even when it is empty, so that the list keeps its shape. */
  readonly always?: boolean;
  readonly children: React.ReactNode;
}

function Section({ title, count, always = false, children }: SectionProps) {
  if (count === 0 && !always) return null;
  return (
    <>
      <h2>
        {title}
        <span className="count">{count}</span>
      </h2>
      <ul className="rows">{children}</ul>
    </>
  );
}

interface RowProps {
  readonly conversation: Conversation;
  readonly meId: string;
  readonly current: boolean;
}

const Row = memo(function Row({ conversation, meId, current }: RowProps) {
  const { since, title } = clockFor(conversation, meId);
  const { channel, priority, skills, staffing } = conversation;
  return (
    <li>
      <button
        type="button"
        className="row"
        aria-current={current}
        onClick={() => select(conversation.id)}
      >
        <span className="row-icon" title={channels[channel]}>
          <Icon name={channelIcon[channel]} />
        </span>
        <span className="row-name">{nameOf(conversation)}</span>
        <span className="row-skills quiet">{skills.join(" · ")}</span>
        {staffing !== "ok" && conversation.state === "queued" && (
          <span className="row-warning" title={words.staffing[staffing]}>
            <Icon name="warning" />
          </span>
        )}
        {priority > 0 && (
          <span className="row-priority" title={words.list.priorityTitle(priority)}>
            {words.list.priority(priority)}
          </span>
        )}
        <span className="row-time">{since && <Elapsed since={since} title={title} />}</span>
      </button>
    </li>
  );
});
