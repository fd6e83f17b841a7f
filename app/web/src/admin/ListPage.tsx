// The frame that every page of a list has: what it is, a button that adds, the list, its dialogs.
import { useState, type ReactNode } from "react";
import { adminWords } from "../strings/admin";
import { Act, FormDialog, Head, Wait } from "./parts";
import { usesOf } from "./Uses";
import { sentenceOf, type Loaded } from "./useList";

/** The open dialog: of a new entry (null), or of one that is there. */
interface Opened<T> {
  readonly on: T | null;
  readonly what: "change" | "remove";
}

/** What the rows of a list can do. */
export interface Page<T> {
  readonly change: (on: T) => void;
  readonly remove: (on: T) => void;
  /** Do something at once; why it was refused is said above the list, which is read anew. */
  readonly attempt: (act: () => Promise<unknown>) => void;
}

export interface DialogOf {
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

interface ListPageProps<V, T> {
  readonly title: string;
  readonly intro: string;
  readonly add: string;
  readonly loaded: Loaded<V>;
  readonly list: (value: V, page: Page<T>) => ReactNode;
  readonly change: (on: T | null, value: V, dialog: DialogOf) => ReactNode;
  readonly remove: (on: T, dialog: DialogOf) => ReactNode;
}

export function ListPage<V, T>({ title, intro, add, loaded, list, change, remove }: ListPageProps<V, T>) {
  const [opened, setOpened] = useState<Opened<T> | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  async function attempt(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
      setProblem(null);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    await loaded.reload();
  }
  const page: Page<T> = {
    change: (on) => setOpened({ on, what: "change" }),
    remove: (on) => setOpened({ on, what: "remove" }),
    attempt: (act) => void attempt(act),
  };
  const dialog: DialogOf = { onClose: () => setOpened(null), onDone: loaded.reload };
  return (
    <>
      <Head title={title} intro={intro}>
        <button type="button" className="primary" onClick={() => setOpened({ on: null, what: "change" })}>
          {add}
        </button>
      </Head>
      <p className="problem" role="alert">
        {problem}
      </p>
      <Wait of={loaded}>
        {(value) => (
          <>
            {list(value, page)}
            {opened?.what === "change" && change(opened.on, value, dialog)}
          </>
        )}
      </Wait>
      {opened?.what === "remove" && opened.on !== null && remove(opened.on, dialog)}
    </>
  );
}

interface AskProps extends DialogOf {
  readonly title: string;
  readonly hint: string;
  readonly submit?: string;
  readonly act: () => Promise<unknown>;
}

/** Asks before something goes; a refusal says what still uses it. */
export function AskDialog({ title, hint, submit = adminWords.remove, act, onClose, onDone }: AskProps) {
  const send = async (): Promise<void> => {
    await act();
    await onDone();
  };
  return (
    <FormDialog title={title} submit={submit} danger onSubmit={send} onClose={onClose} explain={usesOf}>
      <p>{hint}</p>
    </FormDialog>
  );
}

interface RowActsProps<T> {
  readonly of: T;
  readonly name: string;
  readonly page: Page<T>;
}

/** Edit and remove, as every row has them. */
export function RowActs<T>({ of, name, page }: RowActsProps<T>) {
  return (
    <>
      <Act does={adminWords.edit} on={name} onClick={() => page.change(of)} />
      <Act does={adminWords.remove} on={name} onClick={() => page.remove(of)} />
    </>
  );
}

interface OrderedActsProps<T> extends RowActsProps<T> {
  readonly words: { readonly up: string; readonly down: string };
  readonly last: number;
  readonly move: (by: number) => Promise<unknown>;
}

/** The same in a list with an order. */
export function OrderedActs<T extends { readonly position: number }>(props: OrderedActsProps<T>) {
  const { of, name, page, words, last, move } = props;
  const go = (by: number): void => page.attempt(() => move(by));
  return (
    <>
      <Act does={words.up} on={name} disabled={of.position === 0} onClick={() => go(-1)} />
      <Act does={words.down} on={name} disabled={of.position === last} onClick={() => go(1)} />
      <RowActs of={of} name={name} page={page} />
    </>
  );
}
