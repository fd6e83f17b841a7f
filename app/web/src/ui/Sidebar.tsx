import type { Me } from "../api/types";
import { useStore } from "../live/store";
import { pagesFor, type Page } from "../pages";
import { HOME, place } from "../router";
import { words } from "../strings";
import { Icon, Logo, type IconName } from "./Icons";
import { Link } from "./Link";

interface SidebarProps {
  readonly me: Me;
  readonly waiting: number;
}

/** Only what exists, and what this person may see: `pages.ts` says. */
export function Sidebar({ me, waiting }: SidebarProps) {
  return (
    <nav className="sidebar" aria-label={words.nav.label}>
      <Logo />
      <span className="group">{words.nav.monitor}</span>
      {pagesFor(me, "monitor").map(({ path, name, icon }) => (
        <Link key={path} to={path} below>
          <Icon name={icon} size={20} />
          {name}
          {path === HOME && waiting > 0 && <Count waiting={waiting} />}
        </Link>
      ))}
      <span className="group">{words.nav.settings}</span>
      <Settings name={words.nav.operations} icon="gear" pages={pagesFor(me, "operations")} />
      <Settings name={words.nav.personalShort} icon="person" pages={pagesFor(me, "personal")} />
    </nav>
  );
}

function Count({ waiting }: { readonly waiting: number }) {
  return (
    <span className="count" title={words.nav.waiting(waiting)}>
      {waiting > 99 ? words.nav.many : waiting}
    </span>
  );
}

interface SettingsProps {
  readonly name: string;
  readonly icon: IconName;
  readonly pages: readonly Page[];
}

/** Leads to the first of these pages, and is current on each of them. */
function Settings({ name, icon, pages }: SettingsProps) {
  const at = useStore(place, (address) => address);
  const first = pages[0];
  if (!first) return null;
  const current = pages.some(({ path }) => at === path || at.startsWith(`${path}/`));
  return (
    <Link to={first.path} current={current} title={pages.length > 1 ? name : first.name}>
      <Icon name={icon} size={20} />
      {name}
    </Link>
  );
}
