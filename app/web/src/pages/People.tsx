// Settings > Operations > People.
import { useState } from "react";
import { admin, type User } from "../admin/api";
import { Act, CheckField, FindField, fits, FormDialog, Head, Table, Wait } from "../admin/parts";
import { PersonDialog } from "../admin/PersonDialog";
import { sentenceOf, useLoaded } from "../admin/useList";
import { api } from "../api/client";
import { adminWords, roles } from "../strings/admin";

const said = adminWords.people;

async function load() {
  const [users, skills] = await Promise.all([admin.users(), api.skills()]);
  return { users: users.items, skills: skills.items };
}

type Opened = { readonly on: User | null; readonly what: "change" | "deactivate" } | null;

const stateOf = (user: User): string => {
  if (!user.active) return said.inactive;
  return user.has_password ? said.active : said.noPassword;
};

const textOf = (user: User): string =>
  [user.name, user.email, user.team, roles[user.role], ...user.skills.map(({ name }) => name)].join(" ");

export default function People() {
  const loaded = useLoaded(load);
  const [wanted, setWanted] = useState("");
  const [inactive, setInactive] = useState(false);
  const [opened, setOpened] = useState<Opened>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const close = (): void => setOpened(null);
  async function activate(user: User): Promise<void> {
    try {
      await admin.changeUser(user.id, { active: true });
      setProblem(null);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    await loaded.reload();
  }
  return (
    <>
      <Head title={said.title} intro={said.intro}>
        <button type="button" className="primary" onClick={() => setOpened({ on: null, what: "change" })}>
          {said.add}
        </button>
      </Head>
      <p className="problem" role="alert">
        {problem}
      </p>
      <Wait of={loaded}>
        {({ users, skills }) => (
          <>
            <div className="admin-tools">
              <FindField value={wanted} onChange={setWanted} />
              <CheckField label={said.showInactive} checked={inactive} onChange={setInactive} />
            </div>
            <Table
              label={said.title}
              items={users.filter((user) => (inactive || user.active) && fits(wanted, textOf(user)))}
              keyOf={({ id }) => id}
              empty={users.length > 0 ? adminWords.nothingFound : said.empty}
              columns={[
                { name: said.name, isName: true, show: ({ name }) => name },
                { name: said.email, show: ({ email }) => email },
                { name: said.role, show: ({ role }) => roles[role] },
                { name: said.team, show: ({ team }) => team },
                { name: said.skills, show: (user) => <SkillTags user={user} /> },
                { name: said.status, show: stateOf },
              ]}
              actions={(user) => (
                <>
                  <Act does={adminWords.edit} on={user.name} onClick={() => setOpened({ on: user, what: "change" })} />
                  {user.active ? (
                    <Act
                      does={said.deactivate}
                      on={user.name}
                      onClick={() => setOpened({ on: user, what: "deactivate" })}
                    />
                  ) : (
                    <Act does={said.activate} on={user.name} onClick={() => void activate(user)} />
                  )}
                </>
              )}
            />
            {opened?.what === "change" && (
              <PersonDialog person={opened.on} skills={skills} onClose={close} onDone={loaded.reload} />
            )}
          </>
        )}
      </Wait>
      {opened?.what === "deactivate" && opened.on && (
        <Deactivate user={opened.on} onClose={close} onDone={loaded.reload} />
      )}
    </>
  );
}

function SkillTags({ user }: { readonly user: User }) {
  return user.skills.map(({ id, name, proficiency, locked }) => (
    <span key={id} className="tag">
      {name} {proficiency !== 3 && proficiency}
      {locked && ` (${adminWords.skills.locked})`}
    </span>
  ));
}

interface DeactivateProps {
  readonly user: User;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

function Deactivate({ user, onClose, onDone }: DeactivateProps) {
  const deactivate = async (): Promise<void> => {
    await admin.changeUser(user.id, { active: false });
    await onDone();
  };
  return (
    <FormDialog
      title={said.deactivateTitle(user.name)}
      submit={said.deactivate}
      danger
      onSubmit={deactivate}
      onClose={onClose}
    >
      <p>{said.deactivateHint}</p>
    </FormDialog>
  );
}
