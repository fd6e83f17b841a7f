import { memo } from "react";
import type { Conversation } from "../api/types";
import { select } from "../live/desk";
import { accept, reject } from "../live/moves";
import { channels, nameOf, words } from "../strings";
import { callbackWords } from "../strings/callback";
import { WhoAsks } from "./Consult";
import { channelIcon, Icon } from "./Icons";
import { Countdown, Elapsed } from "./Ticking";

interface OfferCardProps {
  readonly conversation: Conversation;
  readonly current: boolean;
}

/** What is offered to me, until the server's deadline. */
export const OfferCard = memo(function OfferCard({ conversation, current }: OfferCardProps) {
  const { callback, channel, offer, queued_at, skills, reason } = conversation;
  return (
    <article className="offer" data-current={current} aria-label={words.list.offered}>
      <header>
        <h2>{words.list.offered}</h2>
        {offer && <Countdown from={offer.offered_at} until={offer.expires_at} />}
      </header>
      <button type="button" className="offer-who" onClick={() => select(conversation.id)}>
        <span title={channels[channel]}>
          <Icon name={channelIcon[channel]} size={18} />
        </span>
        <strong>{nameOf(conversation)}</strong>
        {callback && <span className="row-tag">{callbackWords.tag}</span>}
        {queued_at && <Elapsed since={queued_at} title={words.list.waited} />}
        <span className="quiet offer-skills">{skills.join(" · ")}</span>
        <WhoAsks conversation={conversation} />
        {reason && <q className="offer-reason">{reason}</q>}
      </button>
      <div className="buttons">
        <button type="button" onClick={() => reject(conversation)}>
          {words.list.reject} <kbd>R</kbd>
        </button>
        <button type="button" className="primary" onClick={() => accept(conversation)}>
          {words.list.accept} <kbd>A</kbd>
        </button>
      </div>
    </article>
  );
});
