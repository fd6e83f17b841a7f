// Monitor > Conversations: the archive as far as I may see it, and one conversation of it.
import { useState } from "react";
import type { Conversation, Match, Me } from "../api/types";
import { exportQuery, NO_FILTERS, useSearch, type Filters, type Found } from "../live/archive";
import type { PageProps } from "../pages";
import { channels, nameOf, words } from "../strings";
import { archiveWords as said } from "../strings/archive";
import { panelWords } from "../strings/panel";
import { ArchiveFilters } from "../ui/ArchiveFilters";
import { Kept } from "../ui/Kept";
import { Exports } from "../ui/Exports";
import { channelIcon, Icon } from "../ui/Icons";
import { Link } from "../ui/Link";
import { Marked } from "../ui/Marked";
import { VirtualRows } from "../ui/VirtualRows";

export default function Conversations({ me, rest }: PageProps) {
  const [filters, setFilters] = useState<Filters>(NO_FILTERS);
  const [found, more, again] = useSearch(filters);
  return (
    <div className="inbox-page archive">
      <section className="inbox scroller" aria-label={said.title}>
        <h1>{said.title}</h1>
        <ArchiveFilters filters={filters} me={me} onChange={setFilters} />
        <Exports of="/api/v1/exports/conversations" query={exportQuery(filters)} />
        <Results found={found} me={me} onMore={more} onAgain={again} />
      </section>
      {rest === "" ? <Nothing /> : <Kept id={rest} me={me} />}
    </div>
  );
}

interface ResultsProps {
  readonly found: Found;
  readonly me: Me;
  readonly onMore: () => void;
  readonly onAgain: () => void;
}

function Results({ found, me, onMore, onAgain }: ResultsProps) {
  const { items, next, matches, state } = found;
  return (
    <>
      <VirtualRows
        items={items}
        keyOf={idOf}
        row={(each) => <Row conversation={each} match={matches[each.id]?.[0]} />}
      />
      <div className="empty" role="status">
        {state === "looking" && said.loading}
        {state === "there" && items.length === 0 && (
          <>
            <p>{said.none}</p>
            {me.role === "agent" && <p>{said.noneHint}</p>}
          </>
        )}
        {state === "failed" && (
          <>
            <p>{said.failed}</p>
            <button type="button" onClick={onAgain}>
              {said.again}
            </button>
          </>
        )}
      </div>
      {next !== null && (
        <button type="button" className="more" onClick={onMore}>
          {said.more}
        </button>
      )}
    </>
  );
}

const idOf = ({ id }: Conversation): string => id;

const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const hour = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

/** Today's by the hour, older ones by the day. */
function when(instant: string): string {
  const at = new Date(instant);
  return at.toDateString() === new Date().toDateString() ? hour.format(at) : day.format(at);
}

interface RowProps {
  readonly conversation: Conversation;
  readonly match: Match | undefined;
}

function Row({ conversation, match }: RowProps) {
  const { id, channel, created_at, state, outcome } = conversation;
  const end = outcome === null ? words.states[state] : panelWords.outcome(conversation);
  return (
    <Link className="row" to={`/conversations/${encodeURIComponent(id)}`}>
      <span className="row-icon" title={channels[channel]}>
        <Icon name={channelIcon[channel]} />
      </span>
      <span className="row-name">{nameOf(conversation)}</span>
      <span className="row-skills quiet">{match ? <Marked match={match} /> : end}</span>
      <time className="row-time" dateTime={created_at}>
        {when(created_at)}
      </time>
    </Link>
  );
}

function Nothing() {
  return (
    <main id="panel" className="panel panel-empty" tabIndex={-1}>
      <Icon name="archive" size={32} />
      <h2>{said.nothing}</h2>
      <p className="quiet">{said.nothingHint}</p>
    </main>
  );
}
