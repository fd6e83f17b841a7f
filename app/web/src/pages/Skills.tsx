// Settings > Operations > Skills.
import { useState } from "react";
import { admin } from "../admin/api";
import { AskDialog } from "../admin/ListPage";
import { Act, CheckField, FindField, fits, FormDialog, Head, Table, TextField, Wait } from "../admin/parts";
import { UseList } from "../admin/Uses";
import { useLoaded } from "../admin/useList";
import { api } from "../api/client";
import type { Skill } from "../api/types";
import { adminWords } from "../strings/admin";
import { recordingWords as recording } from "../strings/recording";
import { Dialog } from "../ui/Dialog";

const said = adminWords.skills;

async function load() {
  const [skills, users] = await Promise.all([api.skills(), admin.users()]);
  const held = new Map<string, number>();
  for (const { skills: theirs } of users.items) {
    for (const { id } of theirs) held.set(id, (held.get(id) ?? 0) + 1);
  }
  return { skills: skills.items, held };
}

type Opened = { readonly on: Skill | null; readonly what: "change" | "remove" | "uses" } | null;

export default function Skills() {
  const loaded = useLoaded(load);
  const [wanted, setWanted] = useState("");
  const [opened, setOpened] = useState<Opened>(null);
  const close = (): void => setOpened(null);
  return (
    <>
      <Head title={said.title} intro={said.intro}>
        <button type="button" className="primary" onClick={() => setOpened({ on: null, what: "change" })}>
          {said.add}
        </button>
      </Head>
      <Wait of={loaded}>
        {({ skills, held }) => (
          <>
            <div className="admin-tools">
              <FindField value={wanted} onChange={setWanted} />
            </div>
            <Table
              label={said.title}
              items={skills.filter(({ name, description }) => fits(wanted, `${name} ${description ?? ""}`))}
              keyOf={({ id }) => id}
              empty={skills.length > 0 ? adminWords.nothingFound : said.empty}
              columns={[
                { name: said.name, isName: true, show: ({ name }) => name },
                { name: said.description, show: ({ description }) => description },
                { name: said.locked, show: ({ admin_only }) => (admin_only ? adminWords.yes : adminWords.no) },
                { name: said.people, show: ({ id }) => held.get(id) ?? 0 },
              ]}
              actions={(skill) => (
                <>
                  <Act does={said.uses} on={skill.name} onClick={() => setOpened({ on: skill, what: "uses" })} />
                  <Act does={adminWords.edit} on={skill.name} onClick={() => setOpened({ on: skill, what: "change" })} />
                  <Act
                    does={adminWords.remove}
                    on={skill.name}
                    onClick={() => setOpened({ on: skill, what: "remove" })}
                  />
                </>
              )}
            />
          </>
        )}
      </Wait>
      {opened?.what === "change" && <Change skill={opened.on} onClose={close} onDone={loaded.reload} />}
      {opened?.what === "remove" && opened.on && (
        <AskDialog
          title={said.removeTitle(opened.on.name)}
          hint={said.removeHint}
          act={() => admin.removeSkill(opened.on?.id ?? "")}
          onClose={close}
          onDone={loaded.reload}
        />
      )}
      {opened?.what === "uses" && opened.on && <Uses skill={opened.on} onClose={close} />}
    </>
  );
}

interface ChangeProps {
  readonly skill: Skill | null;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

function Change({ skill, onClose, onDone }: ChangeProps) {
  const [name, setName] = useState(skill?.name ?? "");
  const [description, setDescription] = useState(skill?.description ?? "");
  const [locked, setLocked] = useState(skill?.admin_only ?? false);
  const [recorded, setRecorded] = useState(skill?.recorded ?? false);
  const [days, setDays] = useState(skill?.keep_recordings_days?.toString() ?? "");
  const save = async (): Promise<void> => {
    const keep = days.trim() === "" ? null : Number(days);
    const given = { name, description, admin_only: locked, recorded, keep_recordings_days: keep };
    await (skill ? admin.changeSkill(skill.id, given) : admin.addSkill(given));
    await onDone();
  };
  return (
    <FormDialog title={skill ? said.change : said.add} submit={adminWords.save} onSubmit={save} onClose={onClose}>
      <TextField label={said.name} value={name} onChange={setName} required maxLength={100} />
      <TextField label={said.description} value={description} onChange={setDescription} area />
      <CheckField label={said.adminOnly} hint={said.adminOnlyHint} checked={locked} onChange={setLocked} />
      <CheckField label={recording.skill} hint={recording.skillHint} checked={recorded} onChange={setRecorded} />
      <TextField label={recording.keep} hint={recording.keepHint} value={days} onChange={setDays} type="number" />
    </FormDialog>
  );
}

function Uses({ skill, onClose }: { readonly skill: Skill; readonly onClose: () => void }) {
  const [loadOne] = useState(() => () => admin.skill(skill.id));
  const loaded = useLoaded(loadOne);
  return (
    <Dialog title={said.usesTitle(skill.name)} onClose={onClose}>
      <Wait of={loaded}>
        {({ used_by }) => (used_by.length > 0 ? <UseList uses={used_by} /> : <p>{said.unused}</p>)}
      </Wait>
      <div className="buttons">
        <button type="button" onClick={onClose}>
          {adminWords.close}
        </button>
      </div>
    </Dialog>
  );
}
