// The Status dropdown. What a choice will do is said before it is made.
import { useState } from "react";
import { api } from "../api/client";
import type { Channel, Me, Status } from "../api/types";
import type { Sections } from "../inbox/sections";
import { desk } from "../live/desk";
import { setStatus } from "../live/moves";
import { useStore } from "../live/store";
import { statuses, words } from "../strings";
import { inboxWords } from "../strings/inbox";
import { Icon } from "./Icons";
import { Popover } from "./Popover";
import { useChoices } from "./useChoices";

interface StatusMenuProps {
  readonly me: Me;
  readonly sections: Sections;
}

const CHOICES: readonly Status[] = ["available", "busy", "offline"];

/** What keeps an available agent from getting work, in words. */
function heldBack(me: Me, { wrapUps, mine, offered }: Sections): string | null {
  if (wrapUps.length > 0) return words.holdsBack.wrapUps(wrapUps.length);
  if (mine.some((each) => each.channel === "voice")) return words.holdsBack.call;
  if (offered.length > 0) return words.holdsBack.offer;
  return me.leg.state === "disconnected" ? words.holdsBack.leg : null;
}

export function StatusMenu({ me, sections }: StatusMenuProps) {
  const pending = useStore(desk, (state) => state.status);
  const now = pending?.when === "now" ? pending.status : me.status;
  const next = pending?.when === "after_current" ? pending.status : me.status_pending;
  const held = now === "available" ? heldBack(me, sections) : me.status_reason;
  return (
    <Popover
      className={`status status-${now}`}
      label={words.status.label}
      button={
        <>
          <span className="dot" />
          <span className="leg-words">
            <strong>{statuses[now]}</strong>
            {(next ?? held) && (
              <span className="quiet">
                {next && next !== now ? words.status.pending(statuses[next]) : held}
              </span>
            )}
          </span>
          <Icon name="chevron" />
        </>
      }
    >
      {(close) => <Choices now={now} sections={sections} close={close} />}
    </Popover>
  );
}

interface ChoicesProps {
  readonly now: Status;
  readonly sections: Sections;
  readonly close: () => void;
}

function Choices({ now, sections, close }: ChoicesProps) {
  const [chosen, setChosen] = useState<Status | null>(null);
  const choose = (status: Status): void => {
    if (status !== "available") {
      setChosen(status);
      return;
    }
    close();
    void setStatus({ status });
  };
  return (
    <>
      {CHOICES.map((status) => (
        <button
          key={status}
          type="button"
          className={`choice status-${status}`}
          aria-pressed={(chosen ?? now) === status}
          onClick={() => choose(status)}
        >
          <span className="dot" />
          <span>
            {statuses[status]}
            <span className="quiet block">{words.status[status]}</span>
          </span>
        </button>
      ))}
      {chosen && <Consequences status={chosen} sections={sections} close={close} />}
    </>
  );
}

interface ConsequencesProps {
  readonly status: Status;
  readonly sections: Sections;
  readonly close: () => void;
}

/** What the status does to what I have in hand, a sentence each. */
function consequences({ offered, mine, wrapUps }: Sections): readonly string[] {
  const said: string[] = [];
  const messages = mine.filter(({ channel }) => channel !== "voice");
  const returned = messages.filter(({ routed_to }) => !routed_to);
  const count = (channel: Channel): number =>
    returned.filter((each) => each.channel === channel).length;
  if (returned.length > 0) said.push(inboxWords.status.returns(count("chat"), count("email")));
  if (messages.length > returned.length) {
    said.push(inboxWords.status.stays(messages.length - returned.length));
  }
  if (offered.length > 0) said.push(words.status.returnsOffer);
  if (mine.length > messages.length) said.push(words.status.callKept);
  if (said.length === 0) said.push(inboxWords.status.nothing);
  if (wrapUps.length > 0) said.push(inboxWords.status.wrapUps(wrapUps.length));
  return said;
}

function Consequences({ status, sections, close }: ConsequencesProps) {
  const [reason, setReason] = useState("");
  const onCall = sections.mine.some((each) => each.channel === "voice");
  const busy = sections.mine.length + sections.wrapUps.length > 0;
  const send = (how: { when?: "after_current"; active_call?: "keep" | "requeue" }): void => {
    close();
    const said = reason.trim();
    void setStatus({ status, ...(said ? { reason: said } : {}), ...how });
  };
  return (
    <form
      className="consequences"
      onSubmit={(event) => {
        event.preventDefault();
        send(onCall ? { active_call: "keep" } : {});
      }}
    >
      <ul className="effects">
        {consequences(sections).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <Reason reason={reason} setReason={setReason} />
      <div className="buttons">
        <button className="primary" type="submit">
          {words.status.set(statuses[status])}
        </button>
        {busy && (
          <button
            type="button"
            title={words.status.afterHint}
            onClick={() => send({ when: "after_current" })}
          >
            {words.status.afterCurrent}
          </button>
        )}
      </div>
      {onCall && (
        <button
          className="danger wide"
          type="button"
          title={words.status.requeueHint}
          onClick={() => send({ active_call: "requeue" })}
        >
          {words.status.requeue}
        </button>
      )}
    </form>
  );
}

interface ReasonProps {
  readonly reason: string;
  readonly setReason: (reason: string) => void;
}

/** One of the house's break reasons with a click, or one's own words. */
function Reason({ reason, setReason }: ReasonProps) {
  const reasons = useChoices(api.breakReasons);
  return (
    <>
      {reasons.length > 0 && (
        <div className="chips" role="group" aria-label={inboxWords.status.reasons}>
          {reasons.map(({ id, name }) => (
            <button
              key={id}
              type="button"
              className="chip"
              aria-pressed={reason === name}
              onClick={() => setReason(reason === name ? "" : name)}
            >
              {name}
            </button>
          ))}
        </div>
      )}
      <label>
        {words.status.reason}
        <input
          value={reason}
          maxLength={100}
          placeholder={words.status.reasonHint}
          autoFocus
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
    </>
  );
}
