import { useState } from "react";
import type { Conversation, Segment } from "../api/types";
import { closeWrapUp } from "../live/moves";
import { forgetNotes, takeNotes } from "../live/notes";
import { words } from "../strings";
import { Notes } from "./Notes";

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
      <h2 id="wrap-up-title">{words.wrapUp.title}</h2>
      <p className="quiet">
        {by && words.wrapUp.ended(by)} {words.wrapUp.blocks}
      </p>
      <label>
        {words.wrapUp.disposition}
        <input
          name="disposition"
          value={disposition}
          maxLength={100}
          placeholder={words.wrapUp.dispositionHint}
          onChange={(event) => setDisposition(event.target.value)}
        />
      </label>
      <Notes conversationId={conversation.id} segment={segment} />
      <div className="buttons">
        <button className="primary" type="submit">
          {words.wrapUp.close} <kbd>Ctrl Enter</kbd>
        </button>
      </div>
    </form>
  );
}
