// Which skills somebody has, how well, and which of them they cannot drop.
import type { Skill } from "../api/types";
import { adminWords } from "../strings/admin";

const said = adminWords.people;
const LEVELS = [1, 2, 3, 4, 5] as const;

export interface Held {
  readonly name: string;
  readonly level: number;
  readonly locked: boolean;
}

interface SkillRowsProps {
  readonly skills: readonly Skill[];
  readonly held: readonly Held[];
  readonly onChange: (held: readonly Held[]) => void;
  /** Locks are set on people who are there already. */
  readonly lockable: boolean;
}

export function SkillRows({ skills, held, onChange, lockable }: SkillRowsProps) {
  const by = new Map(held.map((each) => [each.name, each]));
  function set(name: string, change: Partial<Held> | null): void {
    const others = held.filter((each) => each.name !== name);
    if (change === null) onChange(others);
    else onChange([...others, { name, level: 3, locked: false, ...by.get(name), ...change }]);
  }
  return (
    <fieldset>
      <legend>{said.skills}</legend>
      <div className="skill-rows">
        {skills.map(({ id, name, admin_only }) => {
          const mine = by.get(name);
          return (
            <div key={id}>
              <label className="option">
                <input
                  type="checkbox"
                  checked={mine !== undefined}
                  onChange={(event) => set(name, event.target.checked ? {} : null)}
                />
                <span>{name}</span>
              </label>
              {mine && (
                <select
                  aria-label={said.level(name)}
                  value={mine.level}
                  onChange={(event) => set(name, { level: Number(event.target.value) })}
                >
                  {LEVELS.map((level) => (
                    <option key={level}>{level}</option>
                  ))}
                </select>
              )}
              {mine && lockable && (
                <label className="option">
                  <input
                    type="checkbox"
                    aria-label={said.lock(name)}
                    checked={mine.locked || admin_only === true}
                    disabled={admin_only === true}
                    onChange={(event) => set(name, { locked: event.target.checked })}
                  />
                  <span aria-hidden="true">{said.lockShort}</span>
                </label>
              )}
            </div>
          );
        })}
      </div>
    </fieldset>
  );
}
