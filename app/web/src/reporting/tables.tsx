// The reports' tables, each with its chart above.
import { Table, type Column } from "../admin/parts";
import { reportWords as said } from "../strings/reporting";
import { dateTime, dayName, hourName } from "../time";
import {
  lasting,
  percentOf,
  type AgentRow,
  type AgentsReport,
  type Figures,
  type IntervalReport,
  type QueueReport,
} from "./api";
import { Chart, type Bar } from "./Chart";

interface Row {
  readonly key: string;
  readonly name: string;
  /** Below its bar. */
  readonly short?: string;
  readonly figures: Figures;
}

export function QueueTable({ report }: { readonly report: QueueReport }) {
  const rows = report.items.map(({ id, name, figures }) => ({ key: id ?? "", name, figures }));
  const total = rows.length > 1 ? [{ key: "total", name: said.total, figures: report.total }] : [];
  return <FiguresTable rows={rows} total={total} named={said.key} thresholds={report.thresholds} />;
}

export function IntervalsTable({ report }: { readonly report: IntervalReport }) {
  const rows = report.items.map(({ from, figures }) => ({
    key: from,
    name: dateTime(from),
    short: report.by === "day" ? dayName(from) : hourName(from),
    figures,
  }));
  const busy = rows.some(({ figures }) => figures.offered + figures.parts + figures.callbacks > 0);
  const total = [{ key: "total", name: said.total, figures: report.total }];
  return (
    <FiguresTable
      rows={busy ? rows : []}
      total={busy ? total : []}
      named={said.interval}
      thresholds={report.thresholds}
    />
  );
}

interface FiguresTableProps {
  readonly rows: readonly Row[];
  readonly total: readonly Row[];
  readonly named: string;
  readonly thresholds: QueueReport["thresholds"];
}

function FiguresTable({ rows, total, named, thresholds }: FiguresTableProps) {
  return (
    <>
      {rows.length > 0 && <Chart label={said.chart} bars={rows.map(barOf)} />}
      <Table
        label={said.title}
        items={[...total, ...rows]}
        keyOf={({ key }) => key}
        empty={`${said.empty} ${said.emptyHint}`}
        columns={[{ name: named, isName: true, show: ({ name }) => name }, ...FIGURES]}
      />
      <p className="quiet">
        {said.thresholds(thresholds.service_level_seconds, thresholds.short_abandon_seconds)}
      </p>
    </>
  );
}

const { columns } = said;
const figure = (name: string, show: (figures: Figures) => string | number): Column<Row> => ({
  name,
  show: ({ figures }) => show(figures),
});

const FIGURES: readonly Column<Row>[] = [
  figure(columns.offered, (f) => f.offered),
  figure(columns.answered, (f) => f.answered),
  figure(columns.abandoned, (f) => f.abandoned),
  figure(columns.short_abandoned, (f) => f.short_abandoned),
  figure(columns.transferred, (f) => f.transferred),
  figure(columns.service_level, (f) => percentOf(f.service_level)),
  figure(columns.service_level_early_out, (f) => percentOf(f.service_level_early_out)),
  figure(columns.abandon_rate, (f) => percentOf(f.abandon_rate)),
  figure(columns.speed_of_answer_seconds, (f) => lasting(f.speed_of_answer_seconds)),
  figure(columns.longest_wait_seconds, (f) => lasting(f.longest_wait_seconds)),
  figure(columns.handling_seconds, (f) => lasting(f.handling_seconds)),
];

function barOf({ key, name, short, figures }: Row): Bar {
  const { offered, answered, abandoned } = figures;
  const rest = Math.max(0, offered - answered - abandoned);
  return {
    key,
    name: short ?? name,
    parts: [
      { kind: "one", value: answered },
      { kind: "two", value: abandoned },
      { kind: "three", value: rest },
    ],
    says: said.chartLabel(
      name,
      `${columns.offered} ${String(offered)}, ${columns.answered} ${String(answered)}, ${columns.abandoned} ${String(abandoned)}`,
    ),
  };
}

export function AgentsTable({ report }: { readonly report: AgentsReport }) {
  const whole = report.by === "all";
  const { agentColumns: named } = said;
  const seconds = (name: string, of: (row: AgentRow) => number | null): Column<AgentRow> => ({
    name,
    show: (row) => lasting(of(row)),
  });
  return (
    <>
      {report.items.length > 0 && <Chart label={said.agentChart} bars={report.items.map(agentBar)} />}
      <Table
        label={said.title}
        items={report.items}
        keyOf={(row) => `${row.agent.id} ${row.from}`}
        empty={`${said.empty} ${said.emptyHint}`}
        columns={[
          { name: said.agent, isName: true, show: ({ agent }) => agent.name },
          ...(whole ? [] : [{ name: said.interval, show: ({ from }: AgentRow) => dateTime(from) }]),
          seconds(named.signed_in_seconds, (row) => row.signed_in_seconds),
          { name: named.statuses, show: statuses },
          seconds(named.leg_seconds, (row) => row.leg_seconds),
          { name: named.offers, show: ({ offers }) => offers },
          { name: named.accepted, show: ({ accepted }) => accepted },
          { name: named.rejected, show: ({ rejected }) => rejected },
          { name: named.missed, show: ({ missed }) => missed },
          seconds(named.talk_seconds, (row) => row.talk_seconds),
          seconds(named.hold_seconds, (row) => row.hold_seconds),
          seconds(named.wrap_up_seconds, (row) => row.wrap_up_seconds),
          seconds(named.handling_seconds, (row) => row.handling_seconds),
        ]}
      />
    </>
  );
}

function statuses({ statuses: times }: AgentRow) {
  return times.map(({ status, reason, seconds }) => (
    <span key={`${status} ${reason ?? ""}`} className="block">
      {said.statuses[status]}
      {reason ? ` (${reason})` : ""} {lasting(seconds)}
    </span>
  ));
}

function agentBar(row: AgentRow): Bar {
  const { agent, from, signed_in_seconds: there, talk_seconds: talk, hold_seconds: hold } = row;
  const busy = Math.min(there, talk + hold);
  return {
    key: `${agent.id} ${from}`,
    name: agent.name,
    parts: [
      { kind: "one", value: busy },
      { kind: "three", value: there - busy },
    ],
    says: said.chartLabel(
      agent.name,
      `${said.agentColumns.signed_in_seconds} ${lasting(there)}, ${said.agentColumns.talk_seconds} ${lasting(talk)}`,
    ),
  };
}
