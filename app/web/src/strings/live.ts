// Words of Live View: everything that is open, and what supervisors do on other people's calls.
import type { Supervision } from "../api/types";

export type How = Supervision["how"];

export const liveWords = {
  title: "Live View",
  count: (seen: number, all: number) => (seen === all ? `${all} open` : `${seen} of ${all} open`),
  filters: "Filters",
  find: "Customer, agent, skill or flow",
  state: "State",
  channel: "Channel",
  any: "All",
  states: { bot: "With the AI", waiting: "Waiting", active: "With agents", wrap_up: "Wrap-up" },
  columns: {
    customer: "Customer",
    state: "State",
    agent: "Agent",
    flow: "Flow",
    sentiment: "Sentiment",
    skills: "Skills",
    waiting: "Waiting",
    duration: "Duration",
  },
  sortBy: (column: string, up: boolean) => `${column}, sorted ${up ? "upwards" : "downwards"}`,
  none: "Nothing is open right now.",
  noneHint: "Calls, chats and mails show here as soon as the AI or the queue has them.",
  noneMatches: "Nothing that is open fits these filters.",
  clear: "Show all",
  nothing: "No conversation is chosen",
  nothingHint: "Choose a row to read along, listen, or take it over.",
  supervise: "Supervise",
  how: { listen: "Listen", whisper: "Whisper", barge: "Barge" } satisfies Record<How, string>,
  hint: {
    listen: "You hear everybody, nobody hears you.",
    whisper: "Only the agent hears you.",
    barge: "Everybody hears you.",
  } satisfies Record<How, string>,
  stop: "Stop",
  onIt: (names: string) => `On this call: ${names}`,
  doing: { listen: "listens", whisper: "whispers", barge: "speaks" } satisfies Record<How, string>,
  /** What the service says is in the way, such as "your phone is disconnected". */
  refused: (detail: string) => `Not now: ${detail}.`,
  takeOver: "Take over",
  move: "Queue or move",
  moveTitle: "Queue for people, or move to an agent",
  moveSkills: "Skills",
  moveAgent: "Only this agent",
  anyAgent: "Whoever has the skills",
  moveHint: "It keeps its place by age. An agent who talks now writes their notes.",
  moveSubmit: "Move",
  cancel: "Cancel",
  loading: "Loading…",
} as const;
