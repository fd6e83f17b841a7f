// What is known about a conversation, in the order in which an agent needs it.
import type { ReactNode } from "react";
import type { Conversation, Me } from "../api/types";
import { openWrapUpOf, runningSegmentOf } from "../live/conversation";
import { nameOf, whyLines, words } from "../strings";
import { panelWords } from "../strings/panel";
import { clockOf } from "../time";
import { Earlier } from "./Earlier";
import { Icon } from "./Icons";
import { Sentiment } from "./Sentiment";
import { Elapsed } from "./Ticking";

interface ContextProps {
  readonly conversation: Conversation;
  readonly me: Me;
}

export function Context({ conversation, me }: ContextProps) {
  const { customer, entry, faults, flow } = conversation;
  return (
    <aside className="context" aria-label={words.panel.details} tabIndex={0}>
      <Warnings conversation={conversation} />
      <Why conversation={conversation} me={me} />
      <Sentiment conversation={conversation} />
      {flow && (
        <>
          <h2>{panelWords.flow}</h2>
          <p>{stepOf(flow)}</p>
        </>
      )}
      <Captured parameters={conversation.parameters} />
      <h2>{panelWords.facts}</h2>
      <dl>
        <Fact name={words.panel.skills}>
          {conversation.skills.join(", ") || words.panel.noSkills}
        </Fact>
        <Fact name={words.panel.priority}>{conversation.priority}</Fact>
        <Wait conversation={conversation} me={me} />
        {conversation.reason && <Fact name={words.panel.reason}>{conversation.reason}</Fact>}
        {customer.number && customer.number !== nameOf(conversation) && (
          <Fact name={words.panel.number}>{customer.number}</Fact>
        )}
        {customer.email && <Fact name={words.panel.email}>{customer.email}</Fact>}
        {entry && <Fact name={words.panel.entry}>{entry}</Fact>}
        <Fact name={words.panel.language}>{conversation.language}</Fact>
      </dl>
      {faults.length > 0 && (
        <>
          <h2>{words.panel.faults}</h2>
          <ul className="faults">
            {faults.map((fault, index) => (
              <li key={index}>
                <Icon name="warning" />
                <span>{fault.detail}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <Rules rules={conversation.rules} />
      <Colleagues conversation={conversation} me={me} />
      <Earlier conversation={conversation} />
    </aside>
  );
}

function Rules({ rules }: Pick<Conversation, "rules">) {
  if (rules.length === 0) return null;
  return (
    <>
      <h2>{panelWords.rules}</h2>
      <dl>
        {rules.map(({ rule, at, did }) => (
          <Fact key={at + rule} name={rule}>
            {did}
          </Fact>
        ))}
      </dl>
    </>
  );
}

function Captured({ parameters }: Pick<Conversation, "parameters">) {
  const captured = Object.entries(parameters);
  if (captured.length === 0) return null;
  return (
    <>
      <h2>{words.panel.captured}</h2>
      <dl>
        {captured.map(([name, value]) => (
          <Fact key={name} name={name}>
            {factText(value)}
          </Fact>
        ))}
      </dl>
    </>
  );
}

/** A captured value as an agent reads it. */
export function factText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** How long the customer waits, or waited until I came. */
function Wait({ conversation, me }: ContextProps) {
  const { queued_at } = conversation;
  if (!queued_at) return null;
  const mine = runningSegmentOf(conversation, me.id) ?? openWrapUpOf(conversation, me.id);
  const until = mine?.from ?? conversation.segments[0]?.from ?? conversation.closed_at;
  if (until && (mine || conversation.state === "closed")) {
    const waited = clockOf(Date.parse(until) - Date.parse(queued_at));
    return <Fact name={words.panel.waited}>{waited}</Fact>;
  }
  return (
    <Fact name={words.panel.waiting}>
      <Elapsed since={queued_at} title={words.list.waited} />
    </Fact>
  );
}

/** The flow and its step; whatever else a bot tells of its flow stays out. */
function stepOf(flow: Readonly<Record<string, unknown>>): string {
  const told = [flow["name"], flow["step"]];
  return told.filter((part): part is string => typeof part === "string").join(" › ");
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Warnings({ conversation }: { readonly conversation: Conversation }) {
  const { staffing, state } = conversation;
  if (staffing === "ok" || state !== "queued") return null;
  return (
    <p className="warning">
      <Icon name="warning" />
      <span>{words.staffing[staffing]}</span>
    </p>
  );
}

function Why({ conversation, me }: ContextProps) {
  const { why, state, skills } = conversation;
  const mine = conversation.agent?.id === me.id || conversation.offer?.agent.id === me.id;
  const wrote = openWrapUpOf(conversation, me.id) !== undefined && state === "wrap_up";
  if (!why || !(mine || wrote)) return null;
  return (
    <>
      <h2>{words.panel.why}</h2>
      {whyLines(why, skills).map((line) => (
        <p key={line}>{line}</p>
      ))}
    </>
  );
}

/** Colleagues who had the conversation before, with what they noted. */
function Colleagues({ conversation, me }: ContextProps) {
  const others = conversation.segments.filter(({ agent }) => agent.id !== me.id);
  if (others.length === 0) return null;
  return (
    <>
      <h2>{words.panel.earlier}</h2>
      <ul className="earlier">
        {others.map((segment) => (
          <li key={segment.from}>
            <strong>{segment.agent.name}</strong>
            {segment.disposition && <span className="quiet"> {segment.disposition}</span>}
            {segment.notes && <p>{segment.notes}</p>}
          </li>
        ))}
      </ul>
    </>
  );
}
