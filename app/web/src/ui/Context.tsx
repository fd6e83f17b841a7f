// What is known about a conversation, in the order in which an agent needs it.
import type { ReactNode } from "react";
import type { Conversation, Me } from "../api/types";
import { openWrapUpOf, runningSegmentOf } from "../live/conversation";
import { nameOf, sentimentWord, whyLines, words } from "../strings";
import { clockOf } from "../time";
import { Icon } from "./Icons";
import { Elapsed } from "./Ticking";

interface ContextProps {
  readonly conversation: Conversation;
  readonly me: Me;
}

export function Context({ conversation, me }: ContextProps) {
  const { customer, entry, faults, flow, parameters, sentiment } = conversation;
  const captured = Object.entries(parameters);
  return (
    <aside className="context" aria-label={words.panel.details}>
      <Warnings conversation={conversation} />
      <Why conversation={conversation} me={me} />
      <dl>
        <Fact name={words.panel.skills}>
          {conversation.skills.join(", ") || words.panel.noSkills}
        </Fact>
        <Fact name={words.panel.priority}>{conversation.priority}</Fact>
        <Wait conversation={conversation} me={me} />
        {customer.number && customer.number !== nameOf(conversation) && (
          <Fact name={words.panel.number}>{customer.number}</Fact>
        )}
        {customer.email && <Fact name={words.panel.email}>{customer.email}</Fact>}
        {entry && <Fact name={words.panel.entry}>{entry}</Fact>}
        <Fact name={words.panel.language}>{conversation.language}</Fact>
        {conversation.reason && <Fact name={words.panel.reason}>{conversation.reason}</Fact>}
        {sentiment !== null && (
          <Fact name={words.panel.sentiment}>{sentimentWord(sentiment)}</Fact>
        )}
        {flow && <Fact name={words.panel.flow}>{stepOf(flow)}</Fact>}
      </dl>
      {captured.length > 0 && (
        <>
          <h2>{words.panel.captured}</h2>
          <dl>
            {captured.map(([name, value]) => (
              <Fact key={name} name={name}>
                {typeof value === "string" ? value : JSON.stringify(value)}
              </Fact>
            ))}
          </dl>
        </>
      )}
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
      <Earlier conversation={conversation} me={me} />
    </aside>
  );
}

/** How long the customer waits, or waited until I came. */
function Wait({ conversation, me }: ContextProps) {
  const { queued_at } = conversation;
  if (!queued_at) return null;
  const mine = runningSegmentOf(conversation, me.id) ?? openWrapUpOf(conversation, me.id);
  if (mine) {
    const waited = clockOf(Date.parse(mine.from) - Date.parse(queued_at));
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
  if (!why || !(mine || state === "wrap_up")) return null;
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
function Earlier({ conversation, me }: ContextProps) {
  const others = conversation.segments.filter(({ agent }) => agent.id !== me.id);
  if (others.length === 0) return null;
  return (
    <>
      <h2>{words.panel.earlier}</h2>
      <ul className="earlier">
        {others.map((segment) => (
          <li key={segment.from}>
            <strong>{segment.agent.name}</strong>
            {segment.notes && <p>{segment.notes}</p>}
          </li>
        ))}
      </ul>
    </>
  );
}
