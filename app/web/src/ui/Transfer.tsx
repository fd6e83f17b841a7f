// Whom the call goes to: one field that searches skills and colleagues, or takes a number.
import { useEffect, useId, useState, type KeyboardEvent } from "react";
import { api } from "../api/client";
import type { Conversation, DirectoryEntry, Me, Skill, TransferTarget } from "../api/types";
import { notify } from "../live/desk";
import { consult, transfer } from "../live/moves";
import { problemSentence, statuses } from "../strings";
import { consultWords } from "../strings/consult";
import { transferWords as words } from "../strings/transfer";
import { Dialog } from "./Dialog";
import { targets, type Group, type Target } from "./targets";

interface Choice {
  readonly skills: readonly Skill[];
  readonly agents: readonly DirectoryEntry[];
}

interface TransferDialogProps {
  readonly conversation: Conversation;
  readonly me: Me;
  readonly onClose: () => void;
}

/** Closes at once: the panel then shows what became of it. */
export function TransferDialog({ conversation, me, onClose }: TransferDialogProps) {
  const choice = useChoice(me.id);
  const [chosen, setChosen] = useState<Target | null>(null);

  function send(act: (call: Conversation, to: TransferTarget) => Promise<boolean>): void {
    if (!chosen) return;
    onClose();
    void act(conversation, chosen.to);
  }

  return (
    <Dialog title={words.title} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send(transfer);
        }}
      >
        <Search choice={choice} chosen={chosen} onChoose={setChosen} />
        <p className="quiet">{words.hint}</p>
        <div className="buttons">
          <button type="button" onClick={onClose}>
            {words.cancel}
          </button>
          <button type="button" disabled={!chosen} onClick={() => send(consult)}>
            {consultWords.first}
          </button>
          <button type="submit" className="primary" disabled={!chosen}>
            {words.submit}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Skills and colleagues, read as the dialog opens; null until they are there. */
function useChoice(meId: string): Choice | null {
  const [choice, setChoice] = useState<Choice | null>(null);
  useEffect(() => {
    let open = true;
    Promise.all([api.skills(), api.directory()])
      .then(([skills, agents]) => {
        const others = agents.items.filter(({ id }) => id !== meId);
        if (open) setChoice({ skills: skills.items, agents: others });
      })
      .catch((error: unknown) => notify(problemSentence(error)));
    return () => {
      open = false;
    };
  }, [meId]);
  return choice;
}

interface SearchProps {
  readonly choice: Choice | null;
  readonly chosen: Target | null;
  readonly onChoose: (target: Target | null) => void;
}

/** A combobox with a list (WAI-ARIA): arrows move, Enter chooses, and Enter again transfers. */
function Search({ choice, chosen, onChoose }: SearchProps) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  const found = targets(text, choice?.skills ?? [], choice?.agents ?? []);
  const open = chosen === null;
  const optionId = (target: Target | undefined): string | undefined =>
    target && `${list}-${target.key}`;

  function choose(target: Target | undefined): void {
    if (!target || target.refused) return;
    setText(target.name);
    onChoose(target);
  }

  function step(by: number): void {
    const next = Math.min(Math.max(at + by, 0), found.length - 1);
    setAt(next);
    const id = optionId(found[next]);
    if (id) document.getElementById(id)?.scrollIntoView({ block: "nearest" });
  }

  function onKey(event: KeyboardEvent): void {
    if (!open) return;
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (by !== undefined) step(by);
    else if (event.key === "Enter") choose(found[at]);
    else return;
    event.preventDefault();
  }

  return (
    <>
      <label>
        {words.to}
        <input
          role="combobox"
          autoFocus
          autoComplete="off"
          maxLength={80}
          value={text}
          aria-expanded={open}
          aria-controls={list}
          aria-autocomplete="list"
          aria-activedescendant={open ? optionId(found[at]) : undefined}
          onKeyDown={onKey}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
            onChoose(null);
          }}
        />
      </label>
      <ul id={list} role="listbox" aria-label={words.to} className="targets" hidden={!open}>
        {found.map((target, index) => (
          <Option
            key={target.key}
            id={optionId(target) ?? ""}
            target={target}
            active={index === at}
            heads={found[index - 1]?.group !== target.group}
            onChoose={() => choose(target)}
          />
        ))}
      </ul>
      {open && found.length === 0 && (
        <p className="quiet" role="status">
          {choice ? words.none : words.loading}
        </p>
      )}
    </>
  );
}

interface OptionProps {
  readonly id: string;
  readonly target: Target;
  readonly active: boolean;
  /** The first of its group. */
  readonly heads: boolean;
  readonly onChoose: () => void;
}

const HEADS: Readonly<Record<Group, string>> = {
  skills: words.skills,
  agents: words.agents,
  number: words.number,
};

function Option({ id, target, active, heads, onChoose }: OptionProps) {
  const { group, name, refused } = target;
  return (
    <li
      id={id}
      role="option"
      className={active ? "target active" : "target"}
      aria-selected={active}
      aria-disabled={refused}
      data-head={heads ? HEADS[group] : undefined}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onChoose}
    >
      <span className="target-name">{name}</span>
      <span className={target.free > 0 ? "target-free" : "quiet"}>{stateOf(target)}</span>
    </li>
  );
}

function stateOf({ group, status, free }: Target): string {
  if (group === "skills") return words.free(free);
  if (status === null) return "";
  if (free > 0) return words.isFree;
  return status === "available" ? words.engaged : statuses[status];
}
