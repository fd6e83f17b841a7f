// English words of what our own people write to each other beside a chat or email.
export const whisperWords = {
  title: "Whispers",
  hint: "The customer never sees these.",
  list: "Whispers, unseen by the customer",
  you: "You",
  somebody: "A supervisor",
  toAgent: (name: string) => `Whisper to ${name}`,
  toSupervisors: "Answer the supervisors",
  send: "Whisper",
  sending: "sending",
  told: (who: string, customer: string, text: string) =>
    `${who} whispers about ${customer}: ${text.length > 120 ? `${text.slice(0, 119)}…` : text}`,
} as const;
