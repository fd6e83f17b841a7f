// English words of written conversations.
export const chatWords = {
  label: "Chat",
  messages: "Messages",
  write: "Write to the customer",
  send: "Send",
  attach: "Attach a file",
  files: "Files to send",
  removeFile: (name: string) => `Remove ${name}`,
  notSent: "not sent: no connection",
  size: (bytes: number) =>
    bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`,
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
