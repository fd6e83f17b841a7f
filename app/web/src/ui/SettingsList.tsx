import type { Me } from "../api/types";
import { pagesFor, type Page } from "../pages";
import { words } from "../strings";
import { Link } from "./Link";

/** Settings' own list: Personal Configuration, and Operations for those who run the place. */
export function SettingsList({ me }: { readonly me: Me }) {
  const operations = pagesFor(me, "operations");
  return (
    <nav className="settings-list" aria-label={words.nav.settings}>
      <h2>{words.nav.settings}</h2>
      <Entries pages={pagesFor(me, "personal")} />
      {operations.length > 0 && (
        <>
          <h2>{words.nav.operations}</h2>
          <Entries pages={operations} />
        </>
      )}
    </nav>
  );
}

function Entries({ pages }: { readonly pages: readonly Page[] }) {
  return (
    <ul>
      {pages.map(({ path, name }) => (
        <li key={path}>
          <Link to={path} below>
            {name}
          </Link>
        </li>
      ))}
    </ul>
  );
}
