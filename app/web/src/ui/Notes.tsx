import { draftKey, drafts, typeNotes, type NotesOf } from "../live/notes";
import { useStore } from "../live/store";
import { words } from "../strings";

/** What was typed here goes before what the service holds. */
export function Notes(of: NotesOf) {
  const draft = useStore(drafts, (all) => all.get(draftKey(of)));
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
        value={draft?.text ?? of.segment.notes}
        onChange={(event) => typeNotes(of, event.target.value)}
      />
    </label>
  );
}
