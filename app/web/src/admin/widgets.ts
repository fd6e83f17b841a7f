// Chat widgets: their calls, and what their page has to know beside them.
import { call } from "../api/client";
import type { components } from "../generated/api";
import { admin, type ApiKey } from "./api";
import { routing, type Calendar } from "./routing";

type Schemas = components["schemas"];
export type ChatWidget = Schemas["ChatWidget"];
export type WidgetChange = Schemas["WidgetChange"];
export type Asked = NonNullable<WidgetChange["ask"]>;

/** The widget that is always there. */
export const DEFAULT = "default";
export const ENTRY = "[a-z0-9][a-z0-9-]*";

const PATH = "/chat-widgets";
const one = (entry: string): string => `${PATH}/${encodeURIComponent(entry)}`;

export interface Widgets {
  readonly items: readonly ChatWidget[];
  readonly keys: readonly ApiKey[];
  readonly calendars: readonly Calendar[];
}

export const widgets = {
  all: async (): Promise<Widgets> => {
    const [{ items }, keys, calendars] = await Promise.all([
      call("GET", PATH) as Promise<Schemas["ChatWidgetList"]>,
      admin.keys(),
      routing.calendars(),
    ]);
    return { items, keys: keys.items, calendars: calendars.items };
  },
  save: (entry: string, given: WidgetChange) => call("PUT", one(entry), given) as Promise<ChatWidget>,
  remove: (entry: string) => call("DELETE", one(entry)),
} as const;

/** The calendars that hold for a widget: by its name, or by one of its skills. */
export const hoursOf = ({ entry, skills }: ChatWidget, calendars: readonly Calendar[]): readonly Calendar[] =>
  calendars.filter((each) => each.entries.includes(entry) || each.skills.some((skill) => skills.includes(skill)));

/** Origins as they are typed: one on a line, or with commas between. */
export const originsOf = (text: string): string[] =>
  text
    .split(/[\s,]+/)
    .filter(Boolean);
