// The words of canned replies: in the composer and under Settings > Operations.
export const cannedWords = {
  title: "Canned replies",
  intro: "What agents write often: they type / in an empty chat, or on a new line of an email, look for it, and press Enter.",
  add: "Add a reply",
  change: "Change the reply",
  name: "Name",
  nameHint: "What agents look for, at most 60 characters.",
  text: "Text",
  textHint:
    "{{customer}}, {{agent}}, {{skill}}, {{email}}, {{number}} or a fact that the AI captured, such as {{order}}, are filled in. {{customer|there}} says “there” where no name is known.",
  skills: "Skills",
  skillsHint: "With a comma between them; only conversations that ask for one of them get it. Empty: all.",
  everywhere: "All conversations",
  empty: "There are no replies yet.",
  removeTitle: (name: string) => `Remove the reply “${name}”?`,
  removeHint: "Agents no longer find it; what was sent with it stays.",
  list: "Replies to choose from",
  count: (count: number) => (count === 0 ? "No reply fits." : count === 1 ? "1 reply" : `${count} replies`),
  keys: "↑ ↓ to choose, Enter takes it, Esc closes",
} as const;
