// Every page there is. To add one: a component that takes `PageProps` in a file under `src/pages/`,
// and a line here; the sidebar, the settings' own list and the role check follow by themselves.
// Its words go into a file of their own under `src/strings/`.
import { lazy, type ComponentType } from "react";
import type { Me } from "./api/types";
import type { IconName } from "./ui/Icons";
import { Inbox } from "./pages/Inbox";
import { PERSONAL } from "./router";
import { words } from "./strings";
import { archiveWords } from "./strings/archive";
import { reportingNav } from "./strings/reportingNav";
import { cannedNav, widgetsNav } from "./strings/chatNav";
import { mailboxNav } from "./strings/mailNav";
import { calendarWords, ruleWords } from "./strings/routing";
import { liveWords } from "./strings/live";

export interface PageProps {
  readonly me: Me;
  /** The rest of the address after the page's own: an id, or "". */
  readonly rest: string;
}

export interface Page {
  readonly path: string;
  readonly name: string;
  readonly icon: IconName;
  /** Where it is listed: in the sidebar, or within Settings. */
  readonly group: "monitor" | "operations" | "personal";
  /** The least role that may see it. */
  readonly role: Role;
  readonly View: ComponentType<PageProps>;
}

type Role = "agent" | "supervisor" | "admin";

const RANK: Readonly<Record<string, number>> = { agent: 1, supervisor: 2, admin: 3 };

/** Loaded when they are first opened, so that the Inbox comes up at once. */
const live = lazy(() => import("./pages/LiveView"));
const conversations = lazy(() => import("./pages/Conversations"));
const wallboard = lazy(() => import("./pages/Wallboard"));
const reports = lazy(() => import("./pages/Reports"));
const personal = lazy(() => import("./pages/Personal"));
const skills = lazy(() => import("./pages/Skills"));
const people = lazy(() => import("./pages/People"));
const dispositions = lazy(() => import("./pages/Dispositions"));
const breakReasons = lazy(() => import("./pages/BreakReasons"));
const phones = lazy(() => import("./pages/Phones"));
const dialRules = lazy(() => import("./pages/DialRules"));
const calendars = lazy(() => import("./pages/Calendars"));
const routingRules = lazy(() => import("./pages/RoutingRules"));
const mailboxes = lazy(() => import("./pages/Mailboxes"));
const cannedReplies = lazy(() => import("./pages/CannedReplies"));
const chatWidgets = lazy(() => import("./pages/ChatWidgets"));
const apiKeys = lazy(() => import("./pages/ApiKeys"));
const webhooks = lazy(() => import("./pages/Webhooks"));
const serviceSettings = lazy(() => import("./pages/ServiceSettings"));
const imports = lazy(() => import("./pages/Import"));
const audit = lazy(() => import("./pages/Audit"));

/** A page under Settings > Operations, for administrators. */
const operations = (path: string, name: string, View: Page["View"]): Page => ({
  path: `/settings/${path}`,
  name,
  icon: "gear",
  group: "operations",
  role: "admin",
  View,
});

export const PAGES: readonly Page[] = [
  { path: "/inbox", name: words.nav.inbox, icon: "inbox", group: "monitor", role: "agent", View: Inbox },
  {
    path: "/live",
    name: liveWords.title,
    icon: "eye",
    group: "monitor",
    role: "supervisor",
    View: live,
  },
  {
    path: "/conversations",
    name: archiveWords.title,
    icon: "archive",
    group: "monitor",
    role: "agent",
    View: conversations,
  },
  {
    path: "/wallboard",
    name: reportingNav.wallboard,
    icon: "board",
    group: "monitor",
    role: "supervisor",
    View: wallboard,
  },
  {
    path: "/reports",
    name: reportingNav.reports,
    icon: "chart",
    group: "monitor",
    role: "agent",
    View: reports,
  },
  {
    path: PERSONAL,
    name: words.nav.personal,
    icon: "person",
    group: "personal",
    role: "agent",
    View: personal,
  },
  operations("skills", words.nav.skills, skills),
  operations("people", words.nav.people, people),
  operations("phones", words.nav.phones, phones),
  operations("dispositions", words.nav.dispositions, dispositions),
  operations("break-reasons", words.nav.breakReasons, breakReasons),
  operations("dial-rules", words.nav.dialRules, dialRules),
  operations("calendars", calendarWords.title, calendars),
  operations("routing-rules", ruleWords.title, routingRules),
  operations("mailboxes", mailboxNav, mailboxes),
  operations("chat-widgets", widgetsNav, chatWidgets),
  operations("canned-replies", cannedNav, cannedReplies),
  operations("service", words.nav.service, serviceSettings),
  operations("api-keys", words.nav.apiKeys, apiKeys),
  operations("webhooks", words.nav.webhooks, webhooks),
  operations("import", words.nav.imports, imports),
  operations("audit", words.nav.audit, audit),
];


/** The pages this person may see, in their order. */
export function pagesFor(me: Me, group?: Page["group"]): readonly Page[] {
  return PAGES.filter(
    (page) =>
      (RANK[me.role] ?? 0) >= (RANK[page.role] ?? 9) &&
      (group === undefined || page.group === group),
  );
}

/** The page at an address, with the rest of the address; null where there is none for them. */
export function pageAt(
  at: string,
  me: Me,
): { readonly page: Page; readonly rest: string } | null {
  const fits = pagesFor(me).filter(({ path }) => at === path || at.startsWith(`${path}/`));
  const page = fits.sort((a, b) => b.path.length - a.path.length)[0];
  return page ? { page, rest: decode(at.slice(page.path.length + 1)) } : null;
}

function decode(rest: string): string {
  try {
    return decodeURIComponent(rest);
  } catch {
    return rest; // a stray %, typed by hand
  }
}
