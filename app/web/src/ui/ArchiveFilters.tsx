import { useEffect, useState } from "react";
import { api } from "../api/client";
import type { DirectoryEntry, Me } from "../api/types";
import { CHANNELS } from "../inbox/view";
import { NO_FILTERS, type Filters } from "../live/archive";
import { channels, words } from "../strings";
import { archiveWords as said } from "../strings/archive";

const STATES = ["bot", "queued", "offered", "active", "wrap_up", "closed"] as const;

interface ArchiveFiltersProps {
  readonly filters: Filters;
  readonly me: Me;
  readonly onChange: (filters: Filters) => void;
}

export function ArchiveFilters({ filters, me, onChange }: ArchiveFiltersProps) {
  const agents = useColleagues(me.role !== "agent");
  const change = (part: Partial<Filters>): void => onChange({ ...filters, ...part });
  const unchanged = Object.values(filters).every((value) => value === "");
  return (
    <form role="search" className="archive-filters" onSubmit={(event) => event.preventDefault()}>
      <label className="whole">
        {said.search}
        <input
          type="search"
          value={filters.q}
          maxLength={200}
          placeholder={said.searchHint}
          onChange={(event) => change({ q: event.target.value })}
        />
      </label>
      <Choice
        label={said.channel}
        value={filters.channel}
        any={said.anyChannel}
        options={CHANNELS.map((channel) => [channel, channels[channel]])}
        onChange={(channel) => change({ channel })}
      />
      <Choice
        label={said.state}
        value={filters.state}
        any={said.anyState}
        options={STATES.map((state) => [state, words.states[state]])}
        onChange={(state) => change({ state })}
      />
      {agents.length > 0 && (
        <Choice
          label={said.agent}
          value={filters.agent}
          any={said.anyAgent}
          options={agents.map(({ id, name }) => [id, name])}
          onChange={(agent) => change({ agent })}
        />
      )}
      <Day label={said.from} value={filters.from} onChange={(from) => change({ from })} />
      <Day label={said.to} value={filters.to} onChange={(to) => change({ to })} />
      {!unchanged && (
        <button type="button" className="whole" onClick={() => onChange(NO_FILTERS)}>
          {said.clear}
        </button>
      )}
    </form>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly any: string;
  readonly options: readonly (readonly [value: string, name: string])[];
  readonly onChange: (value: string) => void;
}

function Choice({ label, value, any, options, onChange }: ChoiceProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{any}</option>
        {options.map(([option, name]) => (
          <option key={option} value={option}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

interface DayProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (day: string) => void;
}

function Day({ label, value, onChange }: DayProps) {
  return (
    <label>
      {label}
      <input type="date" value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

/** For those who see everybody's conversations. */
function useColleagues(wanted: boolean): readonly DirectoryEntry[] {
  const [found, setFound] = useState<readonly DirectoryEntry[]>([]);
  useEffect(() => {
    if (!wanted) return undefined;
    let open = true;
    api
      .directory()
      .then(({ items }) => open && setFound(items))
      .catch(() => undefined); // the filter stays away
    return () => {
      open = false;
    };
  }, [wanted]);
  return found;
}
