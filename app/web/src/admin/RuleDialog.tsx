// The builder of one routing rule, with a preview against the last day.
import { useState } from "react";
import { adminWords } from "../strings/admin";
import { ruleWords as said } from "../strings/routing";
import { CheckField, ChoiceField, FormDialog, TextField } from "./parts";
import {
  listed,
  numberOf,
  parametersOf,
  parametersText,
  routing,
  type Calendar,
  type RoutingRule,
  type RuleChange,
  type RulePreview,
} from "./routing";
import { sentenceOf } from "./useList";

interface Fields {
  name: string;
  enabled: boolean;
  state: string;
  channel: string;
  below: string;
  above: string;
  flow: string;
  step: string;
  parameters: string;
  customer: string;
  entries: string;
  languages: string;
  skills: string;
  waiting: string;
  calendar: string;
  calendarIs: string;
  unstaffed: boolean;
  queue: boolean;
  queueSkills: string;
  priority: string;
  relax: string;
  overflow: string;
  release: boolean;
  announce: string;
  callback: boolean;
  message: boolean;
}

const written = (value: number | null | undefined): string => (value == null ? "" : String(value));

function fieldsOf(rule: RoutingRule | null): Fields {
  const { when, then } = rule ?? {};
  return {
    name: rule?.name ?? "",
    enabled: rule?.enabled ?? true,
    state: when?.state ?? "any",
    channel: when?.channels[0] ?? "any",
    below: written(when?.sentiment_below),
    above: written(when?.sentiment_above),
    flow: when?.flow ?? "",
    step: when?.step ?? "",
    parameters: when ? parametersText(when.parameters) : "",
    customer: when?.customer ?? "",
    entries: when?.entries.join(", ") ?? "",
    languages: when?.languages.join(", ") ?? "",
    skills: when?.skills.join(", ") ?? "",
    waiting: written(when?.waiting_seconds),
    calendar: when?.calendar?.id ?? "",
    calendarIs: when?.calendar?.open ? "open" : "closed",
    unstaffed: when?.unstaffed ?? false,
    queue: then?.queue != null,
    queueSkills: then?.queue?.skills.join(", ") ?? "",
    priority: written(then?.priority),
    relax: then?.relax.join(", ") ?? "",
    overflow: then?.overflow?.join(", ") ?? "",
    release: then?.release_agent ?? false,
    announce: then?.announce ?? "",
    callback: then?.offer.includes("callback") ?? false,
    message: then?.offer.includes("message") ?? false,
  };
}

/** What is sent; what the form does not show stays as it was. */
function ruleOf(f: Fields, before: RoutingRule | null): RuleChange {
  const several = (before?.when.channels.length ?? 0) > 1 && before?.when.channels[0] === f.channel;
  return {
    name: f.name,
    enabled: f.enabled,
    when: {
      channels: several ? before.when.channels : f.channel === "any" ? [] : [f.channel as "voice"],
      state: f.state === "any" ? null : (f.state as "bot"),
      sentiment_below: numberOf(f.below),
      sentiment_above: numberOf(f.above),
      flow: f.flow || null,
      step: f.step || null,
      parameters: parametersOf(f.parameters),
      customer: f.customer || null,
      entries: listed(f.entries),
      languages: listed(f.languages),
      skills: listed(f.skills),
      waiting_seconds: numberOf(f.waiting),
      calendar: f.calendar ? { id: f.calendar, open: f.calendarIs === "open" } : null,
      unstaffed: f.unstaffed,
    },
    then: {
      queue: f.queue ? { skills: listed(f.queueSkills) } : null,
      priority: numberOf(f.priority),
      relax: listed(f.relax),
      overflow: f.overflow.trim() ? listed(f.overflow) : null,
      release_agent: f.release,
      announce: f.announce || null,
      offer: [...(f.callback ? (["callback"] as const) : []), ...(f.message ? (["message"] as const) : [])],
    },
  };
}

interface Props {
  readonly rule: RoutingRule | null;
  readonly calendars: readonly Calendar[];
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

export function RuleDialog({ rule, calendars, onClose, onDone }: Props) {
  const [f, setFields] = useState(() => fieldsOf(rule));
  const set = (change: Partial<Fields>): void => setFields((old) => ({ ...old, ...change }));
  const text = (field: string, label: string, key: TextKey, hint?: string) => (
    <TextField field={field} label={label} value={f[key]} onChange={(value) => set({ [key]: value })} {...(hint ? { hint } : {})} />
  );
  const check = (label: string, key: CheckKey) => (
    <CheckField label={label} checked={f[key]} onChange={(value) => set({ [key]: value })} />
  );
  const save = async (): Promise<void> => {
    await routing.saveRule(rule?.id ?? null, ruleOf(f, rule));
    await onDone();
  };
  return (
    <FormDialog wide title={rule ? said.change : said.add} submit={adminWords.save} onSubmit={save} onClose={onClose}>
      <TextField field="name" label={said.name} value={f.name} onChange={(name) => set({ name })} required maxLength={100} />
      {check(said.enabled, "enabled")}
      <fieldset>
        <legend>{said.when}</legend>
        <ChoiceField label={said.state} value={f.state} onChange={(state) => set({ state })} choices={Object.entries(said.states)} />
        <ChoiceField label={said.channel} value={f.channel} onChange={(channel) => set({ channel })} choices={Object.entries(said.channels)} />
        {text("when.sentiment_below", said.sentimentBelow, "below", said.sentimentHint)}
        {text("when.sentiment_above", said.sentimentAbove, "above", said.sentimentHint)}
        {text("when.flow", said.flow, "flow")}
        {text("when.step", said.step, "step")}
        {text("when.parameters", said.parameters, "parameters", said.parametersHint)}
        {text("when.customer", said.customer, "customer", said.customerHint)}
        {text("when.entries", said.entries, "entries", said.listHint)}
        {text("when.languages", said.languages, "languages", said.listHint)}
        {text("when.skills", said.skills, "skills", said.listHint)}
        {text("when.waiting_seconds", said.waiting, "waiting")}
        <ChoiceField
          label={said.calendar}
          value={f.calendar}
          onChange={(calendar) => set({ calendar })}
          choices={[["", said.anyCalendar], ...calendars.map(({ id, name }) => [id, name] as const)]}
        />
        <ChoiceField
          label={said.calendarIs}
          value={f.calendarIs}
          onChange={(calendarIs) => set({ calendarIs })}
          choices={Object.entries(said.calendarStates)}
        />
        {check(said.unstaffed, "unstaffed")}
      </fieldset>
      <fieldset>
        <legend>{said.then}</legend>
        {check(said.queue, "queue")}
        {f.queue && text("then.queue.skills", said.queueSkills, "queueSkills", said.listHint)}
        {text("then.priority", said.priority, "priority", said.priorityHint)}
        {text("then.relax", said.relax, "relax", said.listHint)}
        {text("then.overflow", said.overflow, "overflow", said.listHint)}
        {check(said.release, "release")}
        {text("then.announce", said.announce, "announce", said.announceHint)}
        {check(said.offerCallback, "callback")}
        {check(said.offerMessage, "message")}
      </fieldset>
      <Preview rule={() => ruleOf(f, rule)} />
    </FormDialog>
  );
}

type TextKey = { [K in keyof Fields]: Fields[K] extends string ? K : never }[keyof Fields];
type CheckKey = { [K in keyof Fields]: Fields[K] extends boolean ? K : never }[keyof Fields];

function Preview({ rule }: { readonly rule: () => RuleChange }) {
  const [found, setFound] = useState<RulePreview | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  async function look(): Promise<void> {
    try {
      const { when, then } = rule();
      setFound(await routing.preview({ when, then }));
      setProblem(null);
    } catch (error) {
      setFound(null);
      setProblem(sentenceOf(error));
    }
  }
  return (
    <div className="result">
      <button type="button" onClick={() => void look()}>
        {said.preview}
      </button>
      <p role="status">{found && said.matched(found.matched, found.looked_at)}</p>
      {found && found.items.length > 0 && (
        <ul className="uses">
          {found.items.map(({ id, customer, created_at, skills }) => (
            <li key={id}>
              <a href={`/conversations/${encodeURIComponent(id)}`} target="_blank" rel="noreferrer">
                {customer.name ?? customer.number ?? customer.email ?? id}
              </a>{" "}
              <span className="quiet">
                {new Date(created_at).toLocaleString()} {skills.join(", ")}
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className="problem" role="alert">
        {problem}
      </p>
    </div>
  );
}
