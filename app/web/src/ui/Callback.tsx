// A customer who is to be called: what they said, and how the calls to them went.
import { useState } from "react";
import type { Conversation, Me } from "../api/types";
import { inHandOf, offeredTo } from "../live/conversation";
import { callbackWords } from "../strings/callback";

interface CallbackProps {
  readonly conversation: Conversation;
  readonly me: Me;
}

export function Callback({ conversation, me }: CallbackProps) {
  const { callback, id } = conversation;
  if (!callback) return null;
  return (
    <section className="callback" aria-label={callbackWords.tag}>
      <h2>{callbackWords.tag}</h2>
      {callback.recording && <Player key={id} id={id} />}
      <p className="quiet" role="status">
        {stateOf(conversation, me)}
      </p>
    </section>
  );
}

function Player({ id }: { readonly id: string }) {
  const [gone, setGone] = useState(false);
  if (gone) return <p className="quiet">{callbackWords.gone}</p>;
  return (
    <audio
      controls
      preload="metadata"
      aria-label={callbackWords.listen}
      src={`/api/v1/conversations/${encodeURIComponent(id)}/recording`}
      onError={() => setGone(true)}
    />
  );
}

/** What happens with the call to them, in one line. */
function stateOf(conversation: Conversation, me: Me): string {
  const { callback } = conversation;
  if (!callback) return "";
  if (callback.number === null) return callbackWords.noNumber;
  if (callback.dialling && inHandOf(conversation, me.id)) return callbackWords.dialling;
  if (offeredTo(conversation, me.id)) return callbackWords.takeFirst;
  const told = [`${callbackWords.tries}: ${callback.tries}`];
  if (callback.not_before) {
    const at = new Date(callback.not_before);
    told.push(`${callbackWords.notBefore}: ${at.toLocaleTimeString()}`);
  }
  return told.join(", ");
}
