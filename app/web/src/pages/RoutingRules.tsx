// Settings > Operations > Routing rules: an ordered list, a builder, and a preview.
import { AskDialog, ListPage, OrderedActs, type Page } from "../admin/ListPage";
import { Table } from "../admin/parts";
import { routing, type RoutingRule } from "../admin/routing";
import { RuleDialog } from "../admin/RuleDialog";
import { useLoaded } from "../admin/useList";
import { ruleWords as said } from "../strings/routing";

async function load() {
  const [rules, calendars] = await Promise.all([routing.rules(), routing.calendars()]);
  return { items: rules.items, calendars: calendars.items };
}

/** Fields that say something, as `name: value`. */
function inWords(part: Readonly<Record<string, unknown>>): string {
  const told = Object.entries(part).filter(
    ([, value]) => value != null && value !== false && !(Array.isArray(value) && value.length === 0),
  );
  return told
    .map(([name, value]) => {
      const label = name.replaceAll("_", " ");
      if (value === true) return label;
      const several: readonly unknown[] = Array.isArray(value) ? value : [value];
      return `${label}: ${several.map(one).join(", ")}`;
    })
    .join("; ");
}

function one(value: unknown): string {
  if (typeof value === "object" && value !== null) return Object.values(value).flat().join(" ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

export default function RoutingRules() {
  const loaded = useLoaded(load);
  return (
    <ListPage
      title={said.title}
      intro={said.intro}
      add={said.add}
      loaded={loaded}
      list={({ items, calendars }, page: Page<RoutingRule>) => (
        <Table
          label={said.title}
          items={items}
          keyOf={({ id }) => id}
          empty={said.empty}
          columns={[
            { name: said.name, isName: true, show: ({ name }) => name },
            { name: said.when, show: ({ when }) => inWords({ ...when, calendar: calendarIn(when, calendars) }) },
            { name: said.then, show: ({ then }) => inWords({ ...then }) },
            { name: said.enabled, show: ({ enabled }) => (enabled ? said.on : said.off) },
          ]}
          actions={(rule) => (
            <OrderedActs of={rule} name={rule.name} page={page} words={said} last={items.length - 1} move={mover(rule)} />
          )}
        />
      )}
      change={(rule, { calendars }, dialog) => <RuleDialog rule={rule} calendars={calendars} {...dialog} />}
      remove={({ id, name }, dialog) => (
        <AskDialog
          title={said.removeTitle(name)}
          hint={said.removeHint}
          act={() => routing.removeRule(id)}
          {...dialog}
        />
      )}
    />
  );
}

const mover =
  ({ id, position, ...rule }: RoutingRule) =>
  (by: number) =>
    routing.saveRule(id, { ...rule, position: position + by });

function calendarIn(
  { calendar }: RoutingRule["when"],
  calendars: readonly { readonly id: string; readonly name: string }[],
): string | null {
  if (!calendar) return null;
  const name = calendars.find(({ id }) => id === calendar.id)?.name ?? calendar.id;
  return `${name} ${said.calendarStates[calendar.open ? "open" : "closed"]}`;
}
