// The Status dropdown. What a choice will do is said before it is made.
import { useState } from "react";
import type { Me, Status } from "../api/types";
import type { Sections } from "../inbox/sections";
import { desk } from "../live/desk";
import { setStatus } from "../live/moves";
import { useStore } from "../live/store";
import { statuses, words } from "../strings";
import { Icon } from "./Icons";
import { Popover } from "./Popover";

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

function Consequences({ status, sections, close }: ConsequencesProps) {
  const [reason, setReason] = useState("");
  const onCall = sections.mine.some((each) => each.channel === "voice");
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
      {sections.offered.length > 0 && <p>{words.status.returnsOffer}</p>}
      {onCall && <p>{words.status.callKept}</p>}
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
      <div className="buttons">
        <button className="primary" type="submit">
          {words.status.set(statuses[status])}
        </button>
        {onCall && (
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
