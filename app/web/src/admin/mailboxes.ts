// Mailboxes: their calls, and their rules as plain text.
import { call } from "../api/client";
import type { components } from "../generated/api";
import { listed } from "./routing";

type Schemas = components["schemas"];
export type Mailbox = Schemas["Mailbox"];
export type MailboxChange = Schemas["MailboxChange"];
export type MailAside = Schemas["MailAside"];
export type MailServer = Schemas["MailServerShape"];
type Rule = NonNullable<MailboxChange["rules"]>[number];

/** Milliseconds: a server that does not answer is waited for. */
const TRY_TIMEOUT = 40_000;
const one = (id: string): string => `/mailboxes/${encodeURIComponent(id)}`;

export const mailboxes = {
  all: () => call("GET", "/mailboxes") as Promise<Schemas["MailboxList"]>,
  save: (id: string | null, given: MailboxChange) =>
    id === null ? call("POST", "/mailboxes", given) : call("PUT", one(id), given),
  remove: (id: string) => call("DELETE", one(id)),
  test: (id: string) => call("POST", `${one(id)}/try`, {}, TRY_TIMEOUT) as Promise<Schemas["MailboxTried"]>,
  aside: (limit: number) => call("GET", `/mails-aside?limit=${limit}`) as Promise<Schemas["MailAsideList"]>,
  begin: (id: string) => call("POST", `/mails-aside/${encodeURIComponent(id)}/begin`, {}),
} as const;

const PRIORITY = /\(priority (\d+)\)\s*$/i;

/** `sender | subject = skill, skill (priority 9)`, one on a line; what follows the sender may be left out. */
export const rulesOf = (text: string): Rule[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const priority = PRIORITY.exec(line)?.[1];
      const rest = line.replace(PRIORITY, "");
      const at = rest.lastIndexOf("=");
      const [asked, skills] = at < 0 ? [rest, ""] : [rest.slice(0, at), rest.slice(at + 1)];
      const [sender = "", ...subject] = asked.split("|").map((part) => part.trim());
      return {
        sender,
        subject: subject.join("|"),
        skills: listed(skills),
        priority: priority === undefined ? null : Number(priority),
      };
    });

export const rulesText = (rules: Mailbox["rules"]): string =>
  rules
    .map(({ sender, subject, skills, priority }) => {
      const asked = `${sender}${subject ? ` | ${subject}` : ""}`;
      return `${asked} = ${skills.join(", ")}${priority === null ? "" : ` (priority ${priority})`}`;
    })
    .join("\n");
