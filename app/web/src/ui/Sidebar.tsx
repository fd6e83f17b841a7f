import { words } from "../strings";
import { Icon, Logo } from "./Icons";

interface SidebarProps {
  readonly waiting: number;
  readonly onPersonal: () => void;
}

/** Only what exists: pages are added here as they come. */
export function Sidebar({ waiting, onPersonal }: SidebarProps) {
  return (
    <nav className="sidebar" aria-label={words.nav.label}>
      <Logo />
      <span className="group">{words.nav.monitor}</span>
      <a href="/" aria-current="page" onClick={(event) => event.preventDefault()}>
        <Icon name="inbox" size={20} />
        {words.nav.inbox}
        {waiting > 0 && <span className="count">{waiting}</span>}
      </a>
      <span className="group">{words.nav.settings}</span>
      <button type="button" title={words.nav.personal} onClick={onPersonal}>
        <Icon name="person" size={20} />
        {words.nav.personalShort}
      </button>
    </nav>
  );
}
