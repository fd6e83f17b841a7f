// Every English word the page shows. Another language is another file of this shape.
import { Problem, Unreachable } from "./api/client";
import type { Audio, Channel, Conversation, LegState, Status, Why } from "./api/types";
import { roughly } from "./time";

export const product = "Ringdesk";

export const channels: Readonly<Record<Channel, string>> = {
  voice: "Voice call",
  chat: "Chat",
  email: "Email",
};

export const statuses: Readonly<Record<Status, string>> = {
  available: "Available",
  busy: "Busy",
  offline: "Offline",
};

export const legs: Readonly<Record<LegState, string>> = {
  connected: "Connected",
  disconnected: "Disconnected",
  ringing: "Ringing",
};

/** The service calls the phone just now. */
export const isDialling = (detail: string | null): boolean => detail === "dialling";

export const methods: Readonly<Record<Audio, string>> = {
  number: "Phone number",
  sip: "SIP phone",
  web: "Browser headset",
};

export const words = {
  loading: "Opening the Inbox…",
  noAnswer: "Ringdesk does not answer. The page opens by itself as soon as it does.",
  signIn: {
    title: "Sign in to Ringdesk",
    email: "Email",
    password: "Password",
    submit: "Sign in",
    busy: "Signing in…",
    wrong: "That email and password do not go together.",
  },
  nav: {
    label: "Main",
    monitor: "Monitor",
    inbox: "Inbox",
    settings: "Settings",
    operations: "Operations",
    skills: "Skills",
    people: "People",
    phones: "Phones",
    dispositions: "Dispositions",
    breakReasons: "Break reasons",
    dialRules: "Dial rules",
    service: "Service settings",
    apiKeys: "API keys",
    webhooks: "Webhooks",
    imports: "Import and export",
    audit: "Audit log",
    personal: "Personal Configuration",
    personalShort: "Personal",
    skipToPage: "Skip to the page",
    waiting: (count: number) => `${count} waiting for your skills`,
    many: "99+",
  },
  page: {
    loading: "Opening…",
    missing: "There is no page at this address.",
    broken: "This page could not be shown.",
    again: "Try again",
    toInbox: "To the Inbox",
  },
  leg: {
    label: "Agent leg",
    reconnect: "click to reconnect",
    connecting: "connecting…",
    dialling: "calling your phone…",
    disconnecting: "disconnecting…",
    disconnect: "Disconnect the leg",
    onCall: "End the call first, then the leg can be disconnected.",
    noNumber: "no phone number set",
    noNumberHint: "Set your phone number first",
  },
  status: {
    label: "Status",
    reason: "Reason (optional)",
    reasonHint: "lunch, training …",
    set: (status: string) => `Set ${status}`,
    pending: (status: string) => `${status} after this conversation`,
    available: "You get new conversations that match your skills.",
    busy: "No new conversations reach you.",
    offline: "No new conversations reach you, as if you had left.",
    returnsOffer: "The offered conversation goes back to the queue.",
    callKept: "Your call goes on.",
    now: "Now",
    afterCurrent: "Finish first",
    nowHint: "Your call goes on, and nothing new comes.",
    afterHint: "Takes effect when what you have in hand is done.",
    requeueHint: "The customer goes back to the queue, at the old place.",
    requeue: "Return the call to the queue",
    cancel: "Cancel",
  },
  holdsBack: {
    wrapUps: (count: number) => (count === 1 ? "a wrap-up is open" : `${count} wrap-ups are open`),
    leg: "no voice leg",
    call: "on a call",
    offer: "an offer is open",
  },
  account: { signOut: "Sign out", signedIn: "Signed in" },
  list: {
    label: "Inbox",
    offered: "Offered",
    mine: "Mine",
    wrapUps: "Wrap-ups",
    waiting: "Waiting for my skills",
    ready: "Ready",
    readyHint: "The next conversation comes to you here.",
    inHand: "In conversation",
    inHandHint: "The next one comes after your wrap-up.",
    writtenHint: "Others may come beside it, up to your caps.",
    writing: "Wrap-up open",
    writingHint: "The next conversation comes once it is closed.",
    away: "Not available",
    awayHint: "Set yourself Available to get conversations.",
    goAvailable: "Set Available",
    noLeg: "No voice leg",
    noLegHint: "Calls reach you once your phone is connected.",
    noNumberHint: "Set your phone number under Personal Configuration.",
    dialling: "Calling your phone",
    diallingHint: "Answer it, and stay on the line.",
    connect: "Connect",
    noWaiting: "Nobody is waiting.",
    secondsLeft: (seconds: number) => `${seconds} s`,
    priority: (priority: number) => `P${priority}`,
    priorityTitle: (priority: number) => `Priority ${priority} of 10`,
    accept: "Accept",
    reject: "Reject",
    unknownCustomer: "Unknown customer",
    tied: "For you",
    waited: "Time waited",
    talked: "Time in conversation",
    since: "Time since it ended",
  },
  panel: {
    label: "Conversation",
    nothing: "No conversation selected",
    nothingHint: "Select one from the list to see what is known about it.",
    end: "End",
    requeue: "Return to queue",
    handBack: "Hand back to the AI",
    handBackHint: "The AI goes on with the customer, and gets your notes.",
    noBot: "This call came without an AI that it could be handed back to.",
    hold: "Hold",
    unhold: "Resume",
    mute: "Mute",
    unmute: "Unmute",
    keypad: "Keypad",
    transfer: "Transfer",
    onHold: "On hold",
    muted: "muted",
    transcript: "Transcript",
    noTranscript: "No transcript came with this conversation.",
    why: "Why you",
    skills: "Skills",
    noSkills: "none required",
    priority: "Priority",
    waited: "Waited",
    waiting: "Waiting",
    number: "Number",
    email: "Email",
    entry: "Called",
    language: "Language",
    reason: "Reason",
    flow: "Flow",
    sentiment: "Sentiment",
    captured: "Captured",
    faults: "Problems in the hand-over",
    earlier: "Agents so far",
    notes: "Notes",
    notesHint: "Saved as you type",
    you: "You",
    details: "About this conversation",
    rejoin: "The audio connection was lost; the customer waits for you.",
    rejoinOf: (agent: string) =>
      `${agent}’s audio connection was lost; the customer waits for them.`,
  },
  keypad: {
    label: "Keypad",
    hint: "Digits go to the customer. Your keyboard's digits do too.",
    sent: "Digits sent",
    digit: (digit: string) =>
      ({ "*": "star", "#": "hash" } as Readonly<Record<string, string>>)[digit] ?? digit,
  },
  notes: {
    typing: "…",
    saving: "Saving…",
    saved: "Saved",
    failed: "Not saved",
  },
  wrapUp: {
    title: "Wrap-up",
    ended: (by: string) => `The conversation was ended by ${by}.`,
    endedBy: { agent: "you", customer: "the customer", transfer: "your transfer", idle: "the customer's silence" } as Readonly<Record<string, string>>,
    disposition: "Disposition",
    dispositionHint: "How it was resolved, in a word or two",
    close: "Close wrap-up",
    blocks: "New conversations come once this is closed.",
    open: "Wrap-up open",
  },
  states: {
    new: "New",
    bot: "With the AI",
    queued: "Waiting",
    offered: "Offered",
    active: "Live",
    wrap_up: "Wrap-up",
    closed: "Closed",
  } satisfies Readonly<Record<Conversation["state"], string>>,
  staffing: {
    none_signed_in: "Nobody with these skills is signed in.",
    none_skilled: "Nobody has these skills.",
  },
  link: {
    lost: "The connection to Ringdesk is lost.",
    stillWorks:
      "A call you are in goes on; hang up to end it. If only this page is cut off, your phone still accepts with 1 and rejects with 2.",
    stale: "What you see here may be old.",
    tryNow: "Try now",
    reconnected: "Connected again.",
  },
  close: "Close",
  numberHint: "For example +1 555 0111",
  keys: {
    title: "Keys",
    accept: "Accept the offer",
    reject: "Reject the offer",
    mute: "Mute or unmute",
    hold: "Hold or resume",
    keypad: "Open or close the keypad",
    digits: "Send a digit, with the keypad open",
    transfer: "Transfer the call",
    notes: "Write notes",
    goInbox: "Go to the Inbox",
    goLive: "Go to Live View, where there is one",
    goConversations: "Go to Conversations",
    goSettings: "Go to Settings",
    rows: "From row to row, in a list",
    end: "End the conversation",
    closeWrapUp: "Close the wrap-up",
    leaveField: "Leave the field",
    help: "This list",
    hint: "None of the single keys works while you type.",
    off: "Single keys are switched off in Personal Configuration.",
    handBack: "Hand the call back to the AI",
    ctrl: "Ctrl",
    enter: "Enter",
    escape: "Esc",
  },
  notice: { dismiss: "Dismiss" },
  offered: (channel: string, who: string, skills: string) =>
    `${channel} from ${who}${skills ? `, ${skills}` : ""}. Press A to accept, R to reject.`,
  titleOffered: (who: string) => `\u260E ${who} – ${product}`,
} as const;

export function nameOf({ customer, channel }: Conversation): string {
  const fallback = channel === "email" ? customer.email : customer.number;
  return customer.name ?? fallback ?? customer.email ?? words.list.unknownCustomer;
}

/** Sentiment from −1 to 1, in words. */
export function sentimentWord(value: number): string {
  if (value <= -0.5) return "very unhappy";
  if (value <= -0.15) return "unhappy";
  if (value < 0.15) return "neutral";
  return value < 0.5 ? "content" : "happy";
}

/** Why the conversation came to me, a line each. */
export function whyLines(why: Why, skills: readonly string[]): readonly string[] {
  const reason: Readonly<Record<string, string>> = {
    offered: skills.length > 0 ? `You have ${joined(skills)}.` : "No skill was required.",
    picked: "You took it from the list.",
    agent: "It was routed to you.",
    taken_over: "You took it over.",
  };
  const lines = [reason[why.how] ?? "It was routed to you."];
  if (why.how !== "offered") return lines;
  const { proficiency } = why;
  if (typeof proficiency === "number") {
    lines.push(`Nobody free is more proficient: ${String(Math.round(proficiency * 10) / 10)} of 5.`);
  }
  lines.push(`You had been free longest: ${roughly(why.idle_ms)}.`);
  const others = why.eligible.map((agent) => agent.name);
  if (others.length > 0) lines.push(`Also possible: ${joined(others)}.`);
  return lines;
}

function joined(parts: readonly string[]): string {
  const last = parts.at(-1) ?? "";
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${last}` : last;
}

const PROBLEMS: Readonly<Record<string, string>> = {
  unauthenticated: "You are signed out. Sign in again.",
  forbidden: "You may not do that.",
  "leg-not-answered": "Answer your phone first.",
  "rate-limited": "Too many tries. Wait a moment, then try again.",
};

/** Of a move that came too late; the service's own words would name its states. */
const TOO_LATE: Readonly<Record<string, string>> = {
  "not-found": "That conversation is no longer there.",
  "wrong-state": "That is no longer possible: the conversation has moved on.",
  "not-yours": "That conversation is not yours any more.",
};

const FIELDS: Readonly<Record<string, string>> = {
  phone_number: "Phone number",
  old: "Present password",
  name: "Name",
  email: "Email",
  csv: "File",
  prefix: "Digits",
  "to.number": "Number",
  audio: "Audio",
  reason: "Reason",
  notes: "Notes",
  disposition: "Disposition",
  entry: "Name",
  origins: "Pages",
  bot: "Bot",
  skills: "Skills",
  title: "Title",
  priority: "Priority",
  time_zone: "Time zone",
  when: "Conditions",
  then: "Actions",
  "when.sentiment_below": "Sentiment below",
  "when.sentiment_above": "Sentiment above",
  "when.waiting_seconds": "Has waited for seconds",
  "then.priority": "Priority",
  "then.announce": "Recording",
};

const asSentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;

/** In words; of a list, the entry is counted from 1, as at the field itself. */
function fieldName(field: string): string {
  const [, list = field, index] = /^(.*)\.(\d+)$/.exec(field) ?? [];
  const name = FIELDS[field] ?? FIELDS[list] ?? list;
  return index === undefined ? name : `${name}, ${Number(index) + 1}`;
}

/** A clear sentence for whatever went wrong with a call to the service. */
export function problemSentence(error: unknown): string {
  if (error instanceof Unreachable) {
    return "Ringdesk did not answer. Nothing may have changed; try again.";
  }
  if (!(error instanceof Problem)) return "Something went wrong on this page. Try again.";
  const fields = error.document.errors ?? [];
  if (error.kind === "validation" && fields.length > 0) {
    return fields
      .map(({ field, detail }) => asSentence(`${fieldName(field)}: ${detail}`))
      .join(" ");
  }
  return PROBLEMS[error.kind] ?? asSentence(error.message);
}

/** As `problemSentence`, for a move of a conversation. */
export function moveSentence(error: unknown): string {
  const late = error instanceof Problem ? TOO_LATE[error.kind] : undefined;
  return late ?? problemSentence(error);
}
