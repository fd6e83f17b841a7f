// What must not be overlooked while another page than the Inbox is open: in a corner of it.
import type { Sections } from "../inbox/sections";
import { HOME } from "../router";
import { clockFor } from "../inbox/clockFor";
import { nameOf } from "../strings";
import { channelIcon, Icon } from "./Icons";
import { Link } from "./Link";
import { OfferCard } from "./OfferCard";
import { Elapsed } from "./Ticking";

interface ElsewhereProps {
  readonly sections: Sections;
  readonly meId: string;
}

/** The offer; and what I have in hand, as the way back to it. */
export function Elsewhere({ sections, meId }: ElsewhereProps) {
  const offer = sections.offered[0];
  const mine = sections.mine[0] ?? sections.wrapUps[0];
  if (!offer && !mine) return null;
  return (
    <div className="elsewhere">
      {offer && <OfferCard conversation={offer} current={false} />}
      {mine && (
        <Link to={HOME} className="back-to-mine">
          <Icon name={channelIcon[mine.channel]} />
          <span className="row-name">{nameOf(mine)}</span>
          <Clock clock={clockFor(mine, meId)} />
        </Link>
      )}
    </div>
  );
}

function Clock({ clock }: { readonly clock: ReturnType<typeof clockFor> }) {
  return clock.since && <Elapsed since={clock.since} title={clock.title} />;
}
