// English words of the transfer dialog.
export const transferWords = {
  title: "Transfer the call",
  to: "Search a skill, an agent, or type a number",
  loading: "Loading…",
  skills: "Skills",
  agents: "Agents",
  number: "A number outside",
  none: "Nobody and nothing of that name. A number begins with a digit or +.",
  free: (count: number) => (count === 0 ? "nobody is free" : `${count} free`),
  agent: (name: string, status: string) => `${name} (${status})`,
  isFree: "free",
  engaged: "on a conversation",
  hint: "The customer waits with music at their old place, and your wrap-up opens. An agent who does not take it within 30 seconds loses it to the skills it had.",
  submit: "Transfer",
  cancel: "Cancel",
};
