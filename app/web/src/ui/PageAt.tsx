// The page at an address, and what stands there when there is none or it fails.
import { Component, Suspense, type ReactNode } from "react";
import type { Me } from "../api/types";
import { pageAt, type Page } from "../pages";
import { HOME } from "../router";
import { words } from "../strings";
import { Link } from "./Link";
import { SettingsList } from "./SettingsList";

interface PageAtProps {
  readonly at: string;
  readonly me: Me;
}

export function PageAt({ at, me }: PageAtProps) {
  const found = pageAt(at, me);
  if (!found) return <Missing opening={at === "/"} />;
  const { page, rest } = found;
  const view = (
    <Fence key={page.path}>
      <Suspense fallback={<p className="page-note quiet">{words.page.loading}</p>}>
        <page.View me={me} rest={rest} />
      </Suspense>
    </Fence>
  );
  return page.group === "monitor" ? (
    <div className="content">{view}</div>
  ) : (
    <div className="content settings">
      <SettingsList me={me} />
      <SettingsPage page={page}>{view}</SettingsPage>
    </div>
  );
}

interface SettingsPageProps {
  readonly page: Page;
  readonly children: ReactNode;
}

function SettingsPage({ page, children }: SettingsPageProps) {
  return (
    <main id="panel" className="settings-page" tabIndex={-1} aria-label={page.name}>
      {children}
    </main>
  );
}

function Missing({ opening }: { readonly opening: boolean }) {
  if (opening) return <main id="panel" className="content" tabIndex={-1} />;
  return (
    <main id="panel" className="content page-note" tabIndex={-1}>
      <p>{words.page.missing}</p>
      <Link to={HOME}>{words.page.toInbox}</Link>
    </main>
  );
}

interface FenceState {
  readonly broken: boolean;
}

/** A page that fails takes neither the call's controls nor the offers along. */
class Fence extends Component<{ readonly children: ReactNode }, FenceState> {
  override state: FenceState = { broken: false };

  static getDerivedStateFromError(): FenceState {
    return { broken: true };
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    return (
      <div className="page-note" role="alert">
        <p>{words.page.broken}</p>
        <button type="button" onClick={() => location.reload()}>
          {words.page.again}
        </button>
      </div>
    );
  }
}
