// English words of the Inbox's list, of Configure Inbox and of the top bar.
import type { Channel } from "../api/types";
import type { Column, Sort } from "../inbox/view";

const plural = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`;

export const inboxWords = {
  all: "Inbox",
  personal: "Personal",
  views: "Inbox views",
  nothingMine: "Nothing in hand.",
  hidden: (count: number) =>
    `${plural(count, "more waits", "more wait")}, hidden by your filters.`,
  showAll: "Show all",
  configure: {
    button: "Configure Inbox",
    title: "Configure Inbox / Personal",
    intro: "These are for your Personal view. Offers, what is yours and wrap-ups always show.",
    channels: "Show",
    skills: "Only with one of these skills",
    skillsHint: "None chosen: all of them.",
    leastPriority: "Priority at least",
    forMeOnly: "Only what was routed to me by name",
    sort: "Order",
    sorts: {
      turn: "As they will be served",
      longest: "Longest waiting first",
      newest: "Newest first",
      name: "By customer",
    } satisfies Readonly<Record<Sort, string>>,
    columns: "Columns, beside customer and time",
    columnNames: {
      skills: "Skills",
      priority: "Priority",
      number: "Number, where there is a name",
      entry: "Number called",
      language: "Language",
      sentiment: "Sentiment",
    } satisfies Readonly<Record<Column, string>>,
    reset: "As the Inbox",
    save: "Save",
    cancel: "Cancel",
  },
  caps: {
    label: "Caps",
    short: (channel: Exclude<Channel, "voice">, load: number, cap: number) =>
      `${channel === "chat" ? "Chat" : "Mail"} ${load}/${cap}`,
    chat: "Chats at once",
    email: "Emails at once",
    voice: "Calls at once: 1, always.",
    hint: "From 0 to 10. What you have in hand stays.",
    bad: "A whole number from 0 to 10.",
    saved: "Saved.",
  },
  sound: {
    label: "Sound",
    on: "Sound on",
    off: "Sound off",
    blocked: "Sound blocked",
    ring: "Ring when a conversation is offered",
    device: "Ring on",
    standard: "The system's own speaker",
    unnamed: (number: number) => `Speaker ${number}`,
    names: "Show all speakers by name",
    namesHint: "The browser asks for the microphone first; nothing is recorded.",
    test: "Test",
    allow: "The browser does not let this page ring until you click in it. Click Test.",
    lost: "That speaker is gone; the ring plays on the system's own.",
    elsewhere: "Another tab of yours rings; this one stays silent.",
  },
  status: {
    returns: (chats: number, emails: number) => {
      const parts = [
        chats > 0 ? plural(chats, "chat", "chats") : "",
        emails > 0 ? plural(emails, "email", "emails") : "",
      ].filter((part) => part !== "");
      const verb = chats + emails === 1 ? "returns" : "return";
      return `${parts.join(" and ")} ${verb} to the queue.`;
    },
    stays: (count: number) =>
      `${plural(count, "conversation that was", "conversations that were")} routed to you by name ${
        count === 1 ? "stays" : "stay"
      } yours.`,
    nothing: "Nothing is returned to the queue.",
    wrapUps: (count: number) =>
      `${plural(count, "wrap-up stays", "wrap-ups stay")} open until you close ${
        count === 1 ? "it" : "them"
      }.`,
    reasons: "Break reasons",
    other: "Another reason",
  },
} as const;
