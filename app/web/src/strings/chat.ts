// English words of written conversations.
export const chatWords = {
  label: "Chat",
  messages: "Messages",
  write: "Write to the customer",
  send: "Send",
  you: "You",
  agent: "Agent",
  bot: "AI",
  system: "Ringdesk",
  sending: "sending",
  seen: "seen",
  takeBack: "Take back",
  typing: (name: string) => `${name} is writing…`,
  unread: (count: number) => (count === 1 ? "1 unread message" : `${count} unread messages`),
} as const;
