// Adds somebody, or changes them: what they may, what reaches them, what they can do.
import { useState } from "react";
import { admin, type NewUser, type User, type UserChanges } from "./api";
import { ChoiceField, FormDialog, TextField } from "./parts";
import type { Skill } from "../api/types";
import { methods } from "../strings";
import { adminWords, roles } from "../strings/admin";
import { SkillRows, type Held } from "./SkillRows";

const said = adminWords.people;

type Role = NonNullable<NewUser["role"]>;
type Audio = NonNullable<NewUser["audio"]>;
type Leg = NonNullable<NewUser["leg"]>;

interface PersonDialogProps {
  readonly person: User | null;
  readonly skills: readonly Skill[];
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

interface Draft {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly team: string;
  readonly phone_number: string;
  readonly audio: Audio;
  readonly leg: Leg;
  readonly password: string;
  readonly held: readonly Held[];
}

function draftOf(person: User | null): Draft {
  return {
    name: person?.name ?? "",
    email: person?.email ?? "",
    role: (person?.role ?? "agent") as Role,
    team: person?.team ?? "",
    phone_number: person?.preferences.phone_number ?? "",
    audio: person?.preferences.audio ?? "sip",
    leg: person?.preferences.leg ?? "persistent",
    password: "",
    held: (person?.skills ?? []).map(({ name, proficiency = 3, locked = false }) => ({
      name,
      level: proficiency,
      locked,
    })),
  };
}

function sent(draft: Draft): NewUser & UserChanges {
  const { held, password, phone_number, ...rest } = draft;
  return {
    ...rest,
    phone_number: phone_number.trim() || null,
    skills: held.map(({ name }) => name),
    proficiency: Object.fromEntries(held.map(({ name, level }) => [name, level])),
    ...(password ? { password } : {}),
  };
}

export function PersonDialog({ person, skills, onClose, onDone }: PersonDialogProps) {
  const [draft, setDraft] = useState(() => draftOf(person));
  const set = (change: Partial<Draft>): void => setDraft({ ...draft, ...change });
  async function save(): Promise<void> {
    const given = sent(draft);
    if (person) {
      const adminOnly = new Set(skills.filter((each) => each.admin_only).map(({ name }) => name));
      const locked = draft.held.filter((each) => each.locked && !adminOnly.has(each.name));
      await admin.changeUser(person.id, { ...given, locked_skills: locked.map(({ name }) => name) });
    } else {
      await admin.addUser(given);
    }
    await onDone();
  }
  return (
    <FormDialog
      title={person ? said.change(person.name) : said.add}
      submit={adminWords.save}
      onSubmit={save}
      onClose={onClose}
    >
      <div className="two">
        <TextField label={said.name} value={draft.name} onChange={(name) => set({ name })} required maxLength={200} />
        <TextField
          label={said.email}
          type="email"
          value={draft.email}
          onChange={(email) => set({ email })}
          required
          maxLength={254}
        />
        <ChoiceField
          label={said.role}
          value={draft.role}
          onChange={(role) => set({ role })}
          choices={(["agent", "supervisor", "admin"] as const).map((each) => [each, roles[each] ?? each])}
        />
        <TextField label={said.team} value={draft.team} onChange={(team) => set({ team })} maxLength={100} />
        <ChoiceField
          label={said.audio}
          value={draft.audio}
          onChange={(audio) => set({ audio })}
          choices={(["sip", "number", "web"] as const).map((each) => [each, methods[each]])}
        />
        <ChoiceField
          label={said.leg}
          value={draft.leg}
          onChange={(leg) => set({ leg })}
          choices={[
            ["persistent", said.persistent],
            ["per_call", said.perCall],
          ]}
        />
        <TextField
          label={said.phone}
          type="tel"
          value={draft.phone_number}
          onChange={(phone_number) => set({ phone_number })}
          maxLength={40}
        />
        <TextField
          label={person ? said.newPassword : said.password}
          hint={person ? said.newPasswordHint : said.passwordHint}
          type="password"
          autoComplete="new-password"
          value={draft.password}
          onChange={(password) => set({ password })}
          minLength={8}
          maxLength={1000}
        />
      </div>
      <SkillRows skills={skills} held={draft.held} onChange={(held) => set({ held })} lockable={person !== null} />
    </FormDialog>
  );
}
