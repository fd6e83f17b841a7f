// Monitor > Reports: the queue and the agents over days, as a table, a chart and CSV.
import { useCallback, useState } from "react";
import type { Me } from "../api/types";
import { ChoiceField, Head, Wait } from "../admin/parts";
import { useLoaded } from "../admin/useList";
import { AgentsTable, IntervalsTable, QueueTable } from "../reporting/tables";
import {
  addressOf,
  dayOf,
  reporting,
  ZONE,
  type About,
  type AgentsReport,
  type Asked,
  type IntervalReport,
  type QueueReport,
} from "../reporting/api";
import type { PageProps } from "../pages";
import { reportWords as said } from "../strings/reporting";
import "../styles/reporting.css";

const BYS: Readonly<Record<About, readonly (keyof typeof said.bys)[]>> = {
  queue: ["skill", "channel", "entry"],
  intervals: ["hour", "15min", "day"],
  agents: ["all", "day", "hour"],
};

const today = (): string => dayOf(new Date());

export default function Reports({ me }: PageProps) {
  const own = me.role === "agent";
  const [asked, setAsked] = useState<Asked>(() => {
    const about: About = own ? "agents" : "queue";
    return { about, by: BYS[about][0] ?? "all", from: today(), to: today() };
  });
  return (
    <main id="panel" className="reports" tabIndex={-1} aria-label={said.title}>
      <Head title={said.title} intro={own ? said.introOwn : said.intro} />
      <Choices asked={asked} me={me} onChange={setAsked} />
      <p className="quiet">{said.zone(ZONE)}</p>
      <Report key={addressOf(asked)} asked={asked} />
    </main>
  );
}

interface ChoicesProps {
  readonly asked: Asked;
  readonly me: Me;
  readonly onChange: (asked: Asked) => void;
}

function Choices({ asked, me, onChange }: ChoicesProps) {
  const { about } = asked;
  const choose = (chosen: string): void => {
    const next = chosen as About;
    onChange({ ...asked, about: next, by: BYS[next][0] ?? "all" });
  };
  return (
    <form className="admin-tools report-tools" onSubmit={(event) => event.preventDefault()}>
      {me.role !== "agent" && (
        <ChoiceField label={said.about} value={about} choices={Object.entries(said.abouts)} onChange={choose} />
      )}
      <Day label={said.from} value={asked.from} most={asked.to} onChange={(from) => onChange({ ...asked, from })} />
      <Day label={said.to} value={asked.to} least={asked.from} onChange={(to) => onChange({ ...asked, to })} />
      <ChoiceField
        label={said.by}
        value={asked.by}
        choices={BYS[about].map((by) => [by, said.bys[by]] as const)}
        onChange={(by) => onChange({ ...asked, by })}
      />
      <a className="button" href={`/api/v1${addressOf(asked, "csv")}`} download>
        {said.csv}
      </a>
    </form>
  );
}

interface DayProps {
  readonly label: string;
  readonly value: string;
  readonly least?: string;
  readonly most?: string;
  readonly onChange: (day: string) => void;
}

/** A day half typed, or beyond the other one, changes nothing. */
function Day({ label, value, least, most, onChange }: DayProps) {
  return (
    <label>
      {label}
      <input
        type="date"
        value={value}
        min={least}
        max={most}
        required
        onChange={({ target }) => target.value && target.validity.valid && onChange(target.value)}
      />
    </label>
  );
}

function Report({ asked }: { readonly asked: Asked }) {
  const load = useCallback(() => reporting.report(asked), [asked]);
  const loaded = useLoaded<unknown>(load);
  return (
    <div className="report">
      <Wait of={loaded}>
        {(found) => (
          <>
            {asked.about === "queue" && <QueueTable report={found as QueueReport} />}
            {asked.about === "intervals" && <IntervalsTable report={found as IntervalReport} />}
            {asked.about === "agents" && <AgentsTable report={found as AgentsReport} />}
          </>
        )}
      </Wait>
    </div>
  );
}
