// What a supervisor can do on somebody else's conversation: three adjacent buttons whose state is
// unmistakable, and taking it over or moving it on.
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { call, Problem } from "../api/client";
import type { Conversation, Me } from "../api/types";
import { takesText } from "../inbox/keys";
import { inHandOf } from "../live/conversation";
import { notify } from "../live/desk";
import { screenSettings } from "../settings";
import { problemSentence } from "../strings";
import { liveWords as said, type How } from "../strings/live";
import { Icon } from "./Icons";
import { MoveDialog } from "./MoveDialog";

interface SuperviseProps {
  readonly conversation: Conversation;
  readonly me: Me;
}

const HOWS: readonly How[] = ["listen", "whisper", "barge"];
const KEYS: Readonly<Record<string, How>> = { l: "listen", w: "whisper", b: "barge" };

/** Whether this person may, and there is somebody to supervise or to take over from. */
export function maySupervise({ conversation, me }: SuperviseProps): boolean {
  const open = conversation.state !== "wrap_up" && conversation.state !== "closed";
  return me.role !== "agent" && open && !inHandOf(conversation, me.id);
}

export function Supervise({ conversation, me }: SuperviseProps) {
  const { id, channel } = conversation;
  const on = me.watching?.conversation_id === id ? me.watching.how : null;
  const [asked, setAsked] = useState<{ readonly how: How | null } | null>(null);
  const [moving, setMoving] = useState(false);
  const shown = asked ? asked.how : on;

  /** Shown at once; the service's word counts as soon as it is there. What is pressed meanwhile is
   * asked afterwards: no click is lost, and the last one counts. */
  const underWay = useRef({ turn: Promise.resolve(), waiting: 0 });
  async function ask(how: How | null, method: string, path: string): Promise<void> {
    const line = underWay.current;
    setAsked({ how });
    line.waiting += 1;
    line.turn = line.turn.then(() => send(method, path));
    await line.turn;
    line.waiting -= 1;
    if (line.waiting === 0) setAsked(null);
  }

  async function send(method: string, path: string): Promise<void> {
    try {
      await call(method, `/conversations/${encodeURIComponent(id)}/${path}`, bodyOf(method));
    } catch (error) {
      notify(error instanceof Problem ? said.refused(error.message) : problemSentence(error));
    }
  }

  function press(how: How): void {
    void (shown === how ? ask(null, "DELETE", how) : ask(how, "POST", how));
  }

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const held = event.ctrlKey || event.metaKey || event.altKey || event.repeat;
    const typing = takesText(event.target) || document.querySelector("dialog[open]") !== null;
    const how = KEYS[event.key.toLowerCase()];
    if (event.defaultPrevented || held || typing || !how || channel !== "voice") return;
    if (screenSettings.get().singleKeys) press(how);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKey(event);
    window.addEventListener("keydown", listener); // after the shell's own keys: G L is not L
    return () => window.removeEventListener("keydown", listener);
  }, []);

  return (
    <span className="buttons supervise">
      {channel === "voice" && (
        <span className="trio" role="group" aria-label={said.supervise}>
          {HOWS.map((how) => (
            <button
              key={how}
              type="button"
              className={shown === how ? `on ${how}` : ""}
              aria-pressed={shown === how}
              title={said.hint[how]}
              onClick={() => press(how)}
            >
              {said.how[how]} <kbd>{how.slice(0, 1).toUpperCase()}</kbd>
            </button>
          ))}
        </span>
      )}
      {shown && (
        <button type="button" onClick={() => press(shown)}>
          <Icon name="cross" /> {said.stop}
        </button>
      )}
      <button type="button" onClick={() => setMoving(true)}>
        {said.move}
      </button>
      <button type="button" className="primary" onClick={() => void ask(null, "POST", "take-over")}>
        {said.takeOver}
      </button>
      {moving && <MoveDialog conversation={conversation} onClose={() => setMoving(false)} />}
    </span>
  );
}

const bodyOf = (method: string): unknown => (method === "POST" ? {} : undefined);

/** Who else is on the call, for those who may know. */
export function OnTheCall({ conversation }: { readonly conversation: Conversation }) {
  const { supervisors } = conversation;
  if (supervisors.length === 0) return null;
  const names = supervisors.map((one) => `${one.supervisor.name} ${said.doing[one.how]}`);
  return (
    <p className="on-the-call" role="status">
      <Icon name="eye" /> {said.onIt(names.join(", "))}
    </p>
  );
}
