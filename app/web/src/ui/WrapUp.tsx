import { useState } from "react";
import { api } from "../api/client";
import type { Conversation, Segment } from "../api/types";
import { closeWrapUp } from "../live/moves";
import { draftKey, drafts, forgetNotes, takeNotes, typeNotes } from "../live/notes";
import { words } from "../strings";
import { panelWords } from "../strings/panel";
import { factText } from "./Context";
import { Notes } from "./Notes";
import { Countdown } from "./Ticking";
import { useChoices } from "./useChoices";

interface WrapUpProps {
  readonly conversation: Conversation;
  readonly segment: Segment;
}

/** Stands in the place of the call's controls; the shortcut submits this form. */
export function WrapUp({ conversation, segment }: WrapUpProps) {
  const [disposition, setDisposition] = useState(segment.disposition ?? "");
  const by = words.wrapUp.endedBy[segment.ended_by ?? ""];
  async function close(): Promise<void> {
    const of = { conversationId: conversation.id, segment };
    const notes = takeNotes(of);
    const said = disposition.trim();
    const closed = await closeWrapUp(conversation, {
      ...(notes === undefined ? {} : { notes }),
      ...(said ? { disposition: said } : {}),
    });
    if (closed) forgetNotes(of);
  }
  return (
    <form
      id="wrap-up"
      className="writing wrap-up"
      aria-labelledby="wrap-up-title"
      onSubmit={(event) => {
        event.preventDefault();
        void close();
      }}
    >
      <header>
        <h2 id="wrap-up-title">{words.wrapUp.title}</h2>
        {segment.to && segment.wrap_up_until && (
          <span className="wrap-up-limit">
            {panelWords.wrapUp.left} <Countdown from={segment.to} until={segment.wrap_up_until} />
          </span>
        )}
      </header>
      <p className="quiet">
        {by && words.wrapUp.ended(by)} {words.wrapUp.blocks}
      </p>
      <Disposition disposition={disposition} setDisposition={setDisposition} />
      <CapturedFacts conversation={conversation} segment={segment} />
      <Notes conversationId={conversation.id} segment={segment} />
      <div className="buttons">
        <button className="primary" type="submit">
          {words.wrapUp.close} <kbd>Ctrl Enter</kbd>
        </button>
      </div>
    </form>
  );
}

interface DispositionProps {
  readonly disposition: string;
  readonly setDisposition: (disposition: string) => void;
}

/** One of the house's dispositions with a click, or a word of one's own. */
function Disposition({ disposition, setDisposition }: DispositionProps) {
  const choices = useChoices(api.dispositions);
  return (
    <div className="disposition">
      <label>
        {words.wrapUp.disposition}
        <input
          name="disposition"
          value={disposition}
          maxLength={100}
          list="dispositions"
          placeholder={words.wrapUp.dispositionHint}
          onChange={(event) => setDisposition(event.target.value)}
        />
      </label>
      <datalist id="dispositions">
        {choices.map(({ id, name }) => (
          <option key={id} value={name} />
        ))}
      </datalist>
      {choices.length > 0 && (
        <div className="chips" role="group" aria-label={panelWords.wrapUp.dispositions}>
          {choices.slice(0, 8).map(({ id, name }) => (
            <button
              key={id}
              type="button"
              className="chip"
              aria-pressed={disposition === name}
              onClick={() => setDisposition(disposition === name ? "" : name)}
            >
              {name}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

/** What the AI captured, at hand: a click puts it into the notes. */
function CapturedFacts({ conversation, segment }: WrapUpProps) {
  const captured = Object.entries(conversation.parameters).slice(0, 12);
  if (captured.length === 0) return null;
  const of = { conversationId: conversation.id, segment };
  const insert = (line: string): void => {
    const notes = drafts.get().get(draftKey(of))?.text ?? segment.notes;
    typeNotes(of, notes === "" || notes.endsWith("\n") ? notes + line : `${notes}\n${line}`);
  };
  return (
    <div className="chips" role="group" aria-label={panelWords.wrapUp.captured}>
      {captured.map(([name, value]) => {
        const line = panelWords.wrapUp.insert(name, factText(value));
        return (
          <button key={name} type="button" className="chip" title={line} onClick={() => insert(line)}>
            {line}
          </button>
        );
      })}
    </div>
  );
}
