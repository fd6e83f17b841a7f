import type { Me } from "../api/types";
import type { Sections } from "../inbox/sections";
import { signOut } from "../live/moves";
import { words } from "../strings";
import { LegIndicator } from "./LegIndicator";
import { Popover } from "./Popover";
import { StatusMenu } from "./StatusMenu";

interface TopBarProps {
  readonly me: Me;
  readonly sections: Sections;
}

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((part) => part.charAt(0).toUpperCase())
    .join("");

export function TopBar({ me, sections }: TopBarProps) {
  return (
    <header className="top-bar">
      <LegIndicator me={me} />
      <span className="spring" />
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
