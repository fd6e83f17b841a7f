// A supervisor queues a conversation for people, or moves it to one of them.
import { useEffect, useState } from "react";
import { api, call } from "../api/client";
import type { Conversation, DirectoryEntry, Skill } from "../api/types";
import { notify } from "../live/desk";
import { moveSentence, problemSentence, statuses } from "../strings";
import { liveWords as said } from "../strings/live";
import { transferWords } from "../strings/transfer";
import { Dialog } from "./Dialog";

interface MoveDialogProps {
  readonly conversation: Conversation;
  readonly onClose: () => void;
}

interface Choice {
  readonly skills: readonly Skill[];
  readonly agents: readonly DirectoryEntry[];
}

export function MoveDialog({ conversation, onClose }: MoveDialogProps) {
  const [choice, setChoice] = useState<Choice | null>(null);
  const [skills, setSkills] = useState<readonly string[]>(conversation.skills);
  const [agent, setAgent] = useState("");
  useEffect(() => {
    let open = true;
    Promise.all([api.skills(), api.directory()])
      .then(([all, people]) => {
        if (open) setChoice({ skills: all.items, agents: people.items });
      })
      .catch((error: unknown) => notify(problemSentence(error)));
    return () => {
      open = false;
    };
  }, []);

  async function send(): Promise<void> {
    onClose();
    const body = { skills, ...(agent ? { agent } : {}) };
    try {
      await call("POST", `/conversations/${encodeURIComponent(conversation.id)}/queue`, body);
    } catch (error) {
      notify(moveSentence(error));
    }
  }

  const toggle = (name: string): void =>
    setSkills((old) => (old.includes(name) ? old.filter((x) => x !== name) : [...old, name]));

  return (
    <Dialog title={said.moveTitle} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <fieldset className="move-skills">
          <legend>{said.moveSkills}</legend>
          {choice === null && <p className="quiet">{said.loading}</p>}
          {choice?.skills.map(({ id, name }) => (
            <label key={id} className="inline">
              <input
                type="checkbox"
                checked={skills.includes(name)}
                onChange={() => toggle(name)}
              />
              {name}
            </label>
          ))}
        </fieldset>
        <label>
          {said.moveAgent}
          <select value={agent} onChange={(event) => setAgent(event.target.value)}>
            <option value="">{said.anyAgent}</option>
            {choice?.agents
              .filter(({ id }) => id !== conversation.agent?.id)
              .map(({ id, name, status }) => (
                <option key={id} value={id}>
                  {transferWords.agent(name, statuses[status])}
                </option>
              ))}
          </select>
        </label>
        <p className="quiet">{said.moveHint}</p>
        <div className="buttons">
          <button type="button" onClick={onClose}>
            {said.cancel}
          </button>
          <button type="submit" className="primary" disabled={choice === null}>
            {said.moveSubmit}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
