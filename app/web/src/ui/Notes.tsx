import { drafts, typeNotes } from "../live/notes";
import { useStore } from "../live/store";
import { words } from "../strings";

interface NotesProps {
  readonly conversationId: string;
  /** What the service holds; what was typed here goes before it. */
  readonly saved: string;
}

export function Notes({ conversationId, saved }: NotesProps) {
  const draft = useStore(drafts, (all) => all.get(conversationId));
  const state = draft ? words.notes[draft.state] : words.panel.notesHint;
  return (
    <label className="notes">
      <span>
        {words.panel.notes}{" "}
        <span className="quiet" title={draft?.problem ?? ""} data-state={draft?.state ?? "none"}>
          {state}
        </span>
      </span>
      <textarea
        id="notes"
        rows={4}
        maxLength={20_000}
        value={draft?.text ?? saved}
        onChange={(event) => typeNotes(conversationId, event.target.value)}
      />
    </label>
  );
}
