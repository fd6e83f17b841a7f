// Whom a call can go to, found by what was typed.
import type { DirectoryEntry, Skill, TransferTarget } from "../api/types";

export type Group = "skills" | "agents" | "number";

export interface Target {
  readonly key: string;
  readonly group: Group;
  readonly name: string;
  readonly to: TransferTarget;
  /** How many could take it now. */
  readonly free: number;
  /** An agent's status, where it is one. */
  readonly status: DirectoryEntry["status"] | null;
  /** The call would come back at once. */
  readonly refused: boolean;
}

const MOST = 60;
/** As the service takes it: digits, with spaces and signs between them. */
const NUMBER = /^\+?[\d*#][\d\s().*#-]*$/;

const numberOf = (text: string): readonly Target[] => {
  const number = text.trim();
  if (!NUMBER.test(number)) return [];
  const found = { key: "number", group: "number", name: number, to: { number } } as const;
  return [{ ...found, free: 1, status: null, refused: false }];
};

const skillTarget = ({ id, name }: Skill, agents: readonly DirectoryEntry[]): Target => ({
  key: `skill-${id}`,
  group: "skills",
  name,
  to: { skill: name },
  free: agents.filter((agent) => agent.free && agent.skills.includes(name)).length,
  status: null,
  refused: false,
});

const agentTarget = ({ id, name, status, free }: DirectoryEntry): Target => ({
  key: `agent-${id}`,
  group: "agents",
  name,
  to: { agent: id },
  free: free ? 1 : 0,
  status,
  refused: status !== "available",
});

/** Free ones first, then those who cannot be reached last; otherwise as they come. */
const order = (one: Target, other: Target): number =>
  Number(one.refused) - Number(other.refused) || Math.min(other.free, 1) - Math.min(one.free, 1);

/** Every word that was typed begins a word of the name, whatever its case and accents. */
export function targets(
  text: string,
  skills: readonly Skill[],
  colleagues: readonly DirectoryEntry[],
): readonly Target[] {
  const typed = wordsOf(text);
  const fits = ({ name }: Target): boolean =>
    typed.every((word) => wordsOf(name).some((own) => own.startsWith(word)));
  const agents = colleagues.map(agentTarget).filter(fits);
  return [
    ...numberOf(text),
    ...skills.map((skill) => skillTarget(skill, colleagues)).filter(fits),
    ...[...agents].sort(order),
  ].slice(0, MOST);
}

const wordsOf = (text: string): readonly string[] =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[\s-]+/)
    .filter(Boolean);
