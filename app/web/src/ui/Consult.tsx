// A consult: whom I ask while the customer waits, or who asks me.
import type { Consult, Conversation, Me } from "../api/types";
import { consultedOn, inHandOf } from "../live/conversation";
import { cancelConsult, completeConsult, end, swapConsult } from "../live/moves";
import { consultWords as words } from "../strings/consult";
import { Elapsed } from "./Ticking";

interface ConsultProps {
  readonly conversation: Conversation;
  readonly me: Me;
}

/** Who it is: the agent who was found, else whom I asked for. */
function whomOf({ agent, number, to }: Consult): string {
  return agent?.name ?? number ?? to.agent?.name ?? to.skill ?? "";
}

/** The state of my consult and what can be done, or of the one that I am asked in. */
export function ConsultBar({ conversation, me }: ConsultProps) {
  const { consult } = conversation;
  if (!consult) return null;
  const mine = inHandOf(conversation, me.id);
  if (!mine && !consultedOn(conversation, me.id)) return null;
  return (
    <section className="consult" aria-label={words.label} data-state={consult.state}>
      <p role="status">{mine ? sentence(consult) : asked(consult)}</p>
      <Elapsed since={consult.since} title={words.label} />
      <span className="buttons">
        {mine ? <Acts conversation={conversation} consult={consult} /> : <Leave of={conversation} />}
      </span>
    </section>
  );
}

function sentence(consult: Consult): string {
  const whom = whomOf(consult);
  if (consult.state === "offered") return words.asking(whom);
  return consult.state === "swapped" ? words.swapped(whom) : words.talking(whom);
}

function asked({ by, state }: Consult): string {
  const who = by?.name ?? words.colleague;
  return state === "swapped" ? words.waiting(who) : words.consulted(who);
}

function Acts({ conversation, consult }: { conversation: Conversation; consult: Consult }) {
  const answered = consult.state !== "offered";
  return (
    <>
      <button type="button" disabled={!answered} onClick={() => swapConsult(conversation)}>
        {words.swap} <kbd>S</kbd>
      </button>
      <button type="button" onClick={() => cancelConsult(conversation)}>
        {words.cancel} <kbd>Ctrl B</kbd>
      </button>
      <button
        type="button"
        className="primary"
        disabled={!answered}
        onClick={() => completeConsult(conversation)}
      >
        {words.complete} <kbd>Ctrl Y</kbd>
      </button>
    </>
  );
}

function Leave({ of }: { of: Conversation }) {
  return (
    <button type="button" onClick={() => end(of)}>
      {words.leave} <kbd>Ctrl E</kbd>
    </button>
  );
}

/** On the offer: that a colleague asks, and who. */
export function WhoAsks({ conversation }: { readonly conversation: Conversation }) {
  const { consult } = conversation;
  if (!consult) return null;
  return <span className="who-asks">{words.asksYou(consult.by?.name ?? words.colleague)}</span>;
}
