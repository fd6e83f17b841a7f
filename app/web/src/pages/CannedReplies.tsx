// Settings > Operations > Canned replies.
import { useState } from "react";
import { AskDialog, ListPage, RowActs, type DialogOf, type Page } from "../admin/ListPage";
import { FormDialog, Table, TextField } from "../admin/parts";
import { listed } from "../admin/routing";
import { useLoaded } from "../admin/useList";
import { cannedApi, type CannedReply } from "../live/canned";
import { adminWords } from "../strings/admin";
import { cannedWords as said } from "../strings/canned";

export default function CannedReplies() {
  const loaded = useLoaded(cannedApi.all);
  return (
    <ListPage
      title={said.title}
      intro={said.intro}
      add={said.add}
      loaded={loaded}
      list={({ items }, page: Page<CannedReply>) => (
        <Table
          label={said.title}
          items={items}
          keyOf={({ id }) => id}
          empty={said.empty}
          columns={[
            { name: said.name, isName: true, show: ({ name }) => name },
            { name: said.text, show: ({ text }) => text },
            { name: said.skills, show: ({ skills }) => skills.join(", ") || said.everywhere },
          ]}
          actions={(reply) => <RowActs of={reply} name={reply.name} page={page} />}
        />
      )}
      change={(reply, _, dialog) => <Change reply={reply} {...dialog} />}
      remove={({ id, name }, dialog) => (
        <AskDialog title={said.removeTitle(name)} hint={said.removeHint} act={() => cannedApi.remove(id)} {...dialog} />
      )}
    />
  );
}

function Change({ reply, onClose, onDone }: DialogOf & { readonly reply: CannedReply | null }) {
  const [name, setName] = useState(reply?.name ?? "");
  const [text, setText] = useState(reply?.text ?? "");
  const [skills, setSkills] = useState(reply?.skills.join(", ") ?? "");
  const save = async (): Promise<void> => {
    await cannedApi.save(reply?.id ?? null, { name, text, skills: listed(skills) });
    await onDone();
  };
  return (
    <FormDialog title={reply ? said.change : said.add} submit={adminWords.save} onSubmit={save} onClose={onClose}>
      <TextField label={said.name} hint={said.nameHint} field="name" value={name} onChange={setName} required maxLength={60} />
      <TextField label={said.text} hint={said.textHint} field="text" value={text} onChange={setText} required maxLength={4_000} area />
      <TextField label={said.skills} hint={said.skillsHint} field="skills" value={skills} onChange={setSkills} />
    </FormDialog>
  );
}
