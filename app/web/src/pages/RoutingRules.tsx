// Settings > Operations > Routing rules: an ordered list, a builder, and a preview.
import { useState } from "react";
import { Act, FormDialog, Head, Table, Wait } from "../admin/parts";
import { routing, type RoutingRule } from "../admin/routing";
import { RuleDialog } from "../admin/RuleDialog";
import { sentenceOf, useLoaded } from "../admin/useList";
import { adminWords } from "../strings/admin";
import { ruleWords as said } from "../strings/routing";

type Opened = { readonly on: RoutingRule | null; readonly what: "change" | "remove" } | null;

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
  const [opened, setOpened] = useState<Opened>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const close = (): void => setOpened(null);
  async function move({ id, position, ...rule }: RoutingRule, by: number): Promise<void> {
    try {
      await routing.saveRule(id, { ...rule, position: position + by });
      setProblem(null);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    await loaded.reload();
  }
  return (
    <>
      <Head title={said.title} intro={said.intro}>
        <button type="button" className="primary" onClick={() => setOpened({ on: null, what: "change" })}>
          {said.add}
        </button>
      </Head>
      <p className="problem" role="alert">
        {problem}
      </p>
      <Wait of={loaded}>
        {({ items, calendars }) => (
          <>
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
                <>
                  <Act does={said.up} on={rule.name} disabled={rule.position === 0} onClick={() => void move(rule, -1)} />
                  <Act
                    does={said.down}
                    on={rule.name}
                    disabled={rule.position === items.length - 1}
                    onClick={() => void move(rule, 1)}
                  />
                  <Act does={adminWords.edit} on={rule.name} onClick={() => setOpened({ on: rule, what: "change" })} />
                  <Act does={adminWords.remove} on={rule.name} onClick={() => setOpened({ on: rule, what: "remove" })} />
                </>
              )}
            />
            {opened?.what === "change" && (
              <RuleDialog rule={opened.on} calendars={calendars} onClose={close} onDone={loaded.reload} />
            )}
          </>
        )}
      </Wait>
      {opened?.what === "remove" && opened.on && <Remove rule={opened.on} onClose={close} onDone={loaded.reload} />}
    </>
  );
}

function calendarIn(
  { calendar }: RoutingRule["when"],
  calendars: readonly { readonly id: string; readonly name: string }[],
): string | null {
  if (!calendar) return null;
  const name = calendars.find(({ id }) => id === calendar.id)?.name ?? calendar.id;
  return `${name} ${said.calendarStates[calendar.open ? "open" : "closed"]}`;
}

interface RemoveProps {
  readonly rule: RoutingRule;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

function Remove({ rule, onClose, onDone }: RemoveProps) {
  const remove = async (): Promise<void> => {
    await routing.removeRule(rule.id);
    await onDone();
  };
  return (
    <FormDialog title={said.removeTitle(rule.name)} submit={adminWords.remove} danger onSubmit={remove} onClose={onClose}>
      <p>{said.removeHint}</p>
    </FormDialog>
  );
}
