// The replies that fit what is typed after the `/`; the keys stay with the composer.
import { useState, type KeyboardEvent, type RefObject } from "react";
import type { Conversation, Me } from "../api/types";
import { canned, fill, found, loadCanned, wantedOf, type CannedReply } from "../live/canned";
import { useStore } from "../live/store";
import { cannedWords as said } from "../strings/canned";

const LIST = "canned-replies";
const idOf = ({ id }: CannedReply): string => `canned-${id}`;

export interface Canned {
  readonly replies: readonly CannedReply[] | null;
  readonly at: number;
  readonly take: (reply: CannedReply) => void;
  /** Whether the key was for the list. */
  readonly onKey: (event: KeyboardEvent) => boolean;
  /** Called with every change of the draft. */
  readonly typed: (draft: string) => void;
  /** For the field that the list belongs to. */
  readonly field: Readonly<Record<string, string>>;
}

interface Use {
  readonly conversation: Conversation;
  readonly me: Me;
  /** What is looked at: all that is written, or the line that somebody types in. */
  readonly draft: string;
  /** Puts something else in its place; answers where that begins in the field. */
  readonly put: (text: string) => number;
  readonly field: RefObject<HTMLTextAreaElement | null>;
}

export function useCanned({ conversation, me, draft, put, field }: Use): Canned {
  const all = useStore(canned, (every) => every);
  const [chosen, setChosen] = useState(0);
  const [closed, setClosed] = useState(false);
  const wanted = wantedOf(draft);
  const replies = wanted === null || closed ? null : found(all, wanted, conversation.skills);
  const at = Math.min(chosen, (replies?.length ?? 1) - 1);

  function take(reply: CannedReply): void {
    const { text, open } = fill(reply.text, conversation, me);
    const start = put(text);
    setChosen(0);
    // once the text is in the field: what nothing is known of is marked, to be written over
    requestAnimationFrame(() => {
      field.current?.focus();
      const [from, to] = open ?? [text.length, text.length];
      field.current?.setSelectionRange(start + from, start + to);
    });
  }

  function onKey(event: KeyboardEvent): boolean {
    const reply = replies?.[at];
    if (!replies || event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === "Escape") {
      setClosed(true);
      event.stopPropagation(); // else the composer would lose the keyboard
    } else if (reply === undefined || event.shiftKey) return false;
    else if (event.key === "ArrowDown") setChosen((at + 1) % replies.length);
    else if (event.key === "ArrowUp") setChosen((at + replies.length - 1) % replies.length);
    else if (event.key === "Enter" || event.key === "Tab") take(reply);
    else return false;
    event.preventDefault();
    return true;
  }

  function typed(next: string): void {
    setChosen(0);
    if (wantedOf(next) === null) setClosed(false);
    else if (wanted === null) loadCanned();
  }

  const active = replies?.[at];
  const more = active ? { "aria-controls": LIST, "aria-activedescendant": idOf(active) } : {};
  return { replies, at, take, onKey, typed, field: { "aria-autocomplete": "list", ...more } };
}

export function CannedList({ replies, at, take }: Canned) {
  if (replies === null) return null;
  return (
    <div className="canned">
      <p className="quiet" role="status">
        {said.count(replies.length)}. {said.keys}
      </p>
      {replies.length > 0 && (
        <ul id={LIST} role="listbox" aria-label={said.list}>
          {replies.map((reply, n) => (
            <li
              key={reply.id}
              id={idOf(reply)}
              role="option"
              aria-selected={n === at}
              onPointerDown={(event) => {
                event.preventDefault(); // the keyboard stays in the field
                take(reply);
              }}
            >
              <strong>{reply.name}</strong> <span className="quiet">{reply.text}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
