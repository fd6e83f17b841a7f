import type { Conversation } from "../api/types";
import { OfferCard } from "./OfferCard";

/** The offer, in a corner, while another page than the Inbox is open. */
export function OfferElsewhere({ offer }: { readonly offer: Conversation | undefined }) {
  if (!offer) return null;
  return (
    <div className="offer-elsewhere">
      <OfferCard conversation={offer} current={false} />
    </div>
  );
}
