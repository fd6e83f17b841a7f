// Settings > Operations > People.
import { useState } from "react";
import { admin, type User } from "../admin/api";
import { AskDialog, ListPage, type Page } from "../admin/ListPage";
import { Act, CheckField, FindField, fits, Table } from "../admin/parts";
import { PersonDialog } from "../admin/PersonDialog";
import { useLoaded } from "../admin/useList";
import { api } from "../api/client";
import { adminWords, roles } from "../strings/admin";

const said = adminWords.people;

async function load() {
  const [users, skills] = await Promise.all([admin.users(), api.skills()]);
  return { users: users.items, skills: skills.items };
}

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
  return (
    <ListPage
      title={said.title}
      intro={said.intro}
      add={said.add}
      loaded={loaded}
      list={({ users }, page: Page<User>) => (
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
            actions={(user) => <PersonActs user={user} page={page} />}
          />
        </>
      )}
      change={(person, { skills }, dialog) => <PersonDialog person={person} skills={skills} {...dialog} />}
      remove={({ id, name }, dialog) => (
        <AskDialog
          title={said.deactivateTitle(name)}
          hint={said.deactivateHint}
          submit={said.deactivate}
          act={() => admin.changeUser(id, { active: false })}
          {...dialog}
        />
      )}
    />
  );
}

function PersonActs({ user, page }: { readonly user: User; readonly page: Page<User> }) {
  const activate = () => admin.changeUser(user.id, { active: true });
  return (
    <>
      <Act does={adminWords.edit} on={user.name} onClick={() => page.change(user)} />
      {user.active ? (
        <Act does={said.deactivate} on={user.name} onClick={() => page.remove(user)} />
      ) : (
        <Act does={said.activate} on={user.name} onClick={() => page.attempt(activate)} />
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
