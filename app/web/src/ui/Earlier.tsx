// The customer's earlier conversations, each with how it ended and what was noted.
import type { Conversation } from "../api/types";
import { useEarlier } from "../live/history";
import { channels } from "../strings";
import { panelWords } from "../strings/panel";
import { channelIcon, Icon } from "./Icons";
import { Link } from "./Link";

const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });

export function Earlier({ conversation }: { readonly conversation: Conversation }) {
  const earlier = useEarlier(conversation);
  if (earlier.length === 0) return null;
  return (
    <>
      <h2>{panelWords.history(earlier.length)}</h2>
      <ul className="earlier">
        {earlier.map((each) => {
          const last = each.segments.at(-1);
          return (
            <li key={each.id}>
              <Link className="earlier-link" to={`/conversations/${encodeURIComponent(each.id)}`}>
                <span title={channels[each.channel]}>
                  <Icon name={channelIcon[each.channel]} />
                </span>
                <time dateTime={each.created_at}>{day.format(new Date(each.created_at))}</time>
                <span>{last?.disposition ?? panelWords.outcome(each)}</span>
              </Link>
              {last?.notes && <p>{last.notes}</p>}
            </li>
          );
        })}
      </ul>
    </>
  );
}
