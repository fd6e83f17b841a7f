// A short list of names: dispositions, break reasons.
import { useState } from "react";
import type { Named } from "../api/types";
import { adminWords } from "../strings/admin";
import { admin } from "./api";
import { Act, FormDialog, Head, Table, TextField, Wait } from "./parts";
import { sentenceOf, useLoaded } from "./useList";

const said = adminWords.lists;

interface NameListProps {
  readonly path: string;
  readonly title: string;
  readonly intro: string;
  readonly empty: string;
}

type Opened = { readonly on: Named; readonly what: "rename" | "remove" } | null;

export function NameList({ path, title, intro, empty }: NameListProps) {
  const [load] = useState(() => () => admin.names(path));
  const loaded = useLoaded(load);
  const [opened, setOpened] = useState<Opened>(null);
  const close = (): void => setOpened(null);
  return (
    <>
      <Head title={title} intro={intro} />
      <Add path={path} onDone={loaded.reload} />
      <Wait of={loaded}>
        {({ items }) => (
          <Table
            label={title}
            items={items}
            keyOf={({ id }) => id}
            empty={empty}
            columns={[{ name: said.name, isName: true, show: ({ name }) => name }]}
            actions={(entry) => (
              <>
                <Act does={said.rename} on={entry.name} onClick={() => setOpened({ on: entry, what: "rename" })} />
                <Act does={adminWords.remove} on={entry.name} onClick={() => setOpened({ on: entry, what: "remove" })} />
              </>
            )}
          />
        )}
      </Wait>
      {opened?.what === "rename" && (
        <Rename path={path} entry={opened.on} onClose={close} onDone={loaded.reload} />
      )}
      {opened?.what === "remove" && (
        <FormDialog
          title={said.removeTitle(opened.on.name)}
          submit={adminWords.remove}
          danger
          onSubmit={async () => {
            await admin.removeName(path, opened.on.id);
            await loaded.reload();
          }}
          onClose={close}
        >
          <p>{said.removeHint}</p>
        </FormDialog>
      )}
    </>
  );
}

function Add({ path, onDone }: { readonly path: string; readonly onDone: () => Promise<void> }) {
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  async function add(): Promise<void> {
    setProblem(null); // now: once this one is saved, the next one may have a problem already
    try {
      await admin.addName(path, name);
      setName((typed) => (typed === name ? "" : typed)); // who types on loses no letter
      await onDone();
    } catch (error) {
      setProblem(sentenceOf(error));
    }
  }
  return (
    <form
      className="admin-tools"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <TextField label={said.newName} value={name} onChange={setName} required maxLength={100} />
      <button type="submit" className="primary">
        {said.add}
      </button>
      <span className="problem" role="alert">
        {problem}
      </span>
    </form>
  );
}

interface RenameProps {
  readonly path: string;
  readonly entry: Named;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

function Rename({ path, entry, onClose, onDone }: RenameProps) {
  const [name, setName] = useState(entry.name);
  const save = async (): Promise<void> => {
    await admin.rename(path, entry.id, name);
    await onDone();
  };
  return (
    <FormDialog title={said.renameTitle(entry.name)} submit={adminWords.save} onSubmit={save} onClose={onClose}>
      <TextField label={said.name} value={name} onChange={setName} required maxLength={100} />
    </FormDialog>
  );
}
