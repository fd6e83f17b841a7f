import type { Me } from "../api/types";
import type { Sections } from "../inbox/sections";
import { signOut } from "../live/moves";
import { useStore } from "../live/store";
import { HOME, place } from "../router";
import { words } from "../strings";
import { inboxWords } from "../strings/inbox";
import { Caps } from "./Caps";
import { Icon } from "./Icons";
import { LegIndicator } from "./LegIndicator";
import { Link } from "./Link";
import { Popover } from "./Popover";
import { SoundMenu } from "./SoundSettings";
import { StatusMenu } from "./StatusMenu";

interface TopBarProps {
  readonly me: Me;
  readonly sections: Sections;
  readonly onConfigure: () => void;
}

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((part) => part.charAt(0).toUpperCase())
    .join("");

export function TopBar({ me, sections, onConfigure }: TopBarProps) {
  return (
    <header className="top-bar">
      <LegIndicator me={me} />
      <span className="spring" />
      <Views />
      <span className="spring" />
      <Caps me={me} />
      <button type="button" className="opener" title={inboxWords.configure.button} onClick={onConfigure}>
        <Icon name="sliders" size={18} />
        <span className="top-word">{inboxWords.configure.button}</span>
      </button>
      <SoundMenu />
      <StatusMenu me={me} sections={sections} />
      <Popover
        className="account"
        label={words.account.signedIn}
        button={
          <>
            <span className="initials" aria-hidden="true">
              {initials(me.name)}
            </span>
            <span className="account-name">{me.name}</span>
          </>
        }
      >
        {() => (
          <>
            <p>{me.name}</p>
            <p className="quiet">{me.email}</p>
            <p className="quiet">{me.skills.map((skill) => skill.name).join(" · ")}</p>
            <button type="button" onClick={() => void signOut()}>
              {words.account.signOut}
            </button>
          </>
        )}
      </Popover>
    </header>
  );
}

/** The two views of the Inbox, while one of them is open. */
function Views() {
  const here = useStore(place, (at) => at === HOME || at.startsWith(`${HOME}/`));
  if (!here) return null;
  return (
    <nav className="views" aria-label={inboxWords.views}>
      <Link to={HOME}>{inboxWords.all}</Link>
      <Link to={`${HOME}/personal`}>{inboxWords.personal}</Link>
    </nav>
  );
}
