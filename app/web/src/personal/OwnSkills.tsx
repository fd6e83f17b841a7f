// My own skill assignments. What an administrator locked is shown, and stays.
import { api } from "../api/client";
import type { Me } from "../api/types";
import { useLoaded } from "../admin/useList";
import { personalWords as said } from "../strings/personal";

interface OwnSkillsProps {
  readonly me: Me;
  readonly chosen: readonly string[];
  readonly onChange: (names: readonly string[]) => void;
}

export function OwnSkills({ me, chosen, onChange }: OwnSkillsProps) {
  const { value, problem } = useLoaded(api.skills);
  const locked = new Set(me.skills.filter((each) => each.locked).map(({ name }) => name));
  const toggle = (name: string, on: boolean): void =>
    onChange(on ? [...chosen, name] : chosen.filter((each) => each !== name));
  return (
    <fieldset>
      <legend>{said.skills}</legend>
      <p className="quiet">{said.skillsHint}</p>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {value?.items.length === 0 && <p className="quiet">{said.noSkills}</p>}
      {value?.items.map(({ id, name, description, admin_only }) => {
        const isLocked = locked.has(name) || admin_only === true;
        return (
          <label key={id} className="option">
            <input
              type="checkbox"
              checked={chosen.includes(name)}
              disabled={isLocked}
              onChange={(event) => toggle(name, event.target.checked)}
            />
            <span>
              {name}
              <span className="quiet block">
                {description} {isLocked && said.locked}
              </span>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}
