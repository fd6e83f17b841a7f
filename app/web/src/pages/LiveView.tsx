// Monitor > Live View: everything that is open, and one of it to read along, listen to, take over.
import { memo, useMemo, useState } from "react";
import type { Conversation } from "../api/types";
import { desk, select, seenConversations } from "../live/desk";
import {
  ALL,
  COLUMNS,
  filtersFrom,
  flowOf,
  groupOf,
  GROUPS,
  queryOf,
  rowsOf,
  waitingSince,
  type Column,
  type LiveFilters,
} from "../live/liveRows";
import { useStore } from "../live/store";
import type { PageProps } from "../pages";
import { channels, nameOf, sentimentWord, words } from "../strings";
import { liveWords as said } from "../strings/live";
import { ConversationPanel } from "../ui/ConversationPanel";
import { useDeskView } from "../ui/deskView";
import { channelIcon, Icon } from "../ui/Icons";
import { Elapsed } from "../ui/Ticking";
import { VirtualRows } from "../ui/VirtualRows";
import "../styles/live.css";

export default function LiveView({ me }: PageProps) {
  const { tools } = useDeskView();
  const all = useStore(desk, seenConversations);
  const chosen = useStore(desk, (state) => state.selected);
  const [filters, setFilters] = useState(() => filtersFrom(location.search));
  const rows = useMemo(() => rowsOf(all.values(), filters), [all, filters]);

  function change(part: Partial<LiveFilters>): void {
    const next = { ...filters, ...part };
    history.replaceState(null, "", location.pathname + queryOf(next));
    setFilters(next);
  }

  return (
    <div className="inbox-page live-page">
      <section className="inbox scroller live" aria-label={said.title}>
        <header className="live-head">
          <h1>{said.title}</h1>
          <span className="quiet" role="status">
            {said.count(rows.length, all.size)}
          </span>
          <Filters filters={filters} onChange={change} />
        </header>
        <Columns filters={filters} onChange={change} />
        <VirtualRows
          items={rows}
          keyOf={idOf}
          row={(each, index) => (
            <Row
              conversation={each}
              current={each.id === chosen}
              stop={index === 0 || each.id === chosen}
            />
          )}
        />
        {rows.length === 0 && <Nothing all={all.size} onClear={() => change(ALL)} />}
      </section>
      <ConversationPanel
        conversation={all.get(chosen ?? "")}
        me={me}
        tools={tools}
        empty={{ title: said.nothing, hint: said.nothingHint }}
      />
    </div>
  );
}

const idOf = ({ id }: Conversation): string => id;

interface FiltersProps {
  readonly filters: LiveFilters;
  readonly onChange: (part: Partial<LiveFilters>) => void;
}

function Filters({ filters, onChange }: FiltersProps) {
  return (
    <form className="live-filters" aria-label={said.filters} onSubmit={(e) => e.preventDefault()}>
      <input
        type="search"
        value={filters.text}
        aria-label={said.find}
        placeholder={said.find}
        maxLength={100}
        onChange={(event) => onChange({ text: event.target.value })}
      />
      <select
        value={filters.group}
        aria-label={said.state}
        onChange={(event) => onChange({ group: event.target.value as LiveFilters["group"] })}
      >
        <option value="">{`${said.state}: ${said.any}`}</option>
        {GROUPS.map((group) => (
          <option key={group} value={group}>
            {said.states[group]}
          </option>
        ))}
      </select>
      <select
        value={filters.channel}
        aria-label={said.channel}
        onChange={(event) => onChange({ channel: event.target.value as LiveFilters["channel"] })}
      >
        <option value="">{`${said.channel}: ${said.any}`}</option>
        {Object.entries(channels).map(([channel, name]) => (
          <option key={channel} value={channel}>
            {name}
          </option>
        ))}
      </select>
    </form>
  );
}

/** The heads of the columns sort by them; once more turns the order round. */
function Columns({ filters, onChange }: FiltersProps) {
  const { sort, up } = filters;
  const by = (column: Column): void =>
    onChange({ sort: column, up: column === sort ? !up : column === "customer" });
  return (
    <div className="live-row live-columns">
      <span />
      {COLUMNS.map((column) => (
        <button
          key={column}
          type="button"
          className={`live-${column}`}
          aria-pressed={column === sort}
          aria-label={column === sort ? said.sortBy(said.columns[column], up) : undefined}
          onClick={() => by(column)}
        >
          {said.columns[column]}
          {column === sort && (up ? " ↑" : " ↓")}
        </button>
      ))}
    </div>
  );
}

interface RowProps {
  readonly conversation: Conversation;
  readonly current: boolean;
  readonly stop: boolean;
}

const Row = memo(function Row({ conversation, current, stop }: RowProps) {
  const { channel, state, agent, sentiment, skills, created_at, supervisors } = conversation;
  const since = waitingSince(conversation);
  const flow = flowOf(conversation);
  return (
    <button
      type="button"
      className="row live-row"
      tabIndex={stop ? 0 : -1}
      aria-current={current}
      onClick={() => select(conversation.id)}
    >
      <span className="row-icon" title={channels[channel]}>
        <Icon name={channelIcon[channel]} />
      </span>
      <span className="live-customer">{nameOf(conversation)}</span>
      <span className={`live-state state-${groupOf(conversation)}`}>
        {words.states[state]}
        {supervisors.length > 0 && (
          <span title={said.onIt(supervisors.map((one) => one.supervisor.name).join(", "))}>
            <Icon name="eye" />
          </span>
        )}
      </span>
      <span className="live-agent">{agent?.name ?? conversation.offer?.agent.name ?? ""}</span>
      <span className="live-flow quiet" title={flow}>
        {flow}
      </span>
      <span className={`live-sentiment ${feeling(sentiment)}`}>
        {sentiment === null ? "" : sentimentWord(sentiment)}
      </span>
      <span className="live-skills quiet">{skills.join(" · ")}</span>
      <span className="live-waiting">
        {since && <Elapsed since={since} title={said.columns.waiting} />}
      </span>
      <span className="live-duration">
        <Elapsed since={created_at} title={said.columns.duration} />
      </span>
    </button>
  );
});

const feeling = (sentiment: number | null): string =>
  sentiment !== null && sentiment <= -0.4 ? "unhappy" : "";

function Nothing({ all, onClear }: { readonly all: number; readonly onClear: () => void }) {
  if (all === 0) {
    return (
      <div className="empty">
        <p>{said.none}</p>
        <p>{said.noneHint}</p>
      </div>
    );
  }
  return (
    <div className="empty">
      <p>{said.noneMatches}</p>
      <button type="button" onClick={onClear}>
        {said.clear}
      </button>
    </div>
  );
}
