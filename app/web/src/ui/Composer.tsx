// Where the agent writes to the customer.
import { type KeyboardEvent, useRef } from "react";
import type { Conversation, Me } from "../api/types";
import { say, type as typeIn } from "../live/chat";
import { addFiles, isBusy, removeFile, takeFiles, type Upload, uploads, uploadsOf } from "../live/files";
import { useStore } from "../live/store";
import { chatWords } from "../strings/chat";
import { CannedList, useCanned } from "./CannedList";
import { Icon } from "./Icons";

interface ComposerProps {
  readonly conversation: Conversation;
  readonly me: Me;
  readonly draft: string;
}

export function Composer({ conversation, me, draft }: ComposerProps) {
  const { id } = conversation;
  const field = useRef<HTMLTextAreaElement>(null);
  function put(text: string): number {
    typeIn(id, text);
    return 0;
  }
  const replies = useCanned({ conversation, me, draft, put, field });
  const files = useStore(uploads, (all) => uploadsOf(all, id));
  const pick = useRef<HTMLInputElement>(null);
  const ready = !isBusy(files) && (draft.trim() !== "" || files.some(({ sent }) => sent !== null));
  function submit(): void {
    if (ready) say(id, draft.trim(), takeFiles(id));
  }
  function onKey(event: KeyboardEvent): void {
    if (replies.onKey(event)) return;
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  }
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        addFiles(id, event.dataTransfer.files);
      }}
    >
      <Files id={id} files={files} />
      <CannedList {...replies} />
      <textarea
        ref={field}
        id="composer"
        {...replies.field}
        rows={2}
        maxLength={4_000}
        aria-label={chatWords.write}
        placeholder={chatWords.write}
        value={draft}
        onChange={(event) => {
          replies.typed(event.target.value);
          typeIn(id, event.target.value);
        }}
        onKeyDown={onKey}
        onPaste={(event) => {
          if (event.clipboardData.files.length === 0) return;
          event.preventDefault();
          addFiles(id, event.clipboardData.files);
        }}
      />
      <input
        ref={pick}
        type="file"
        multiple
        hidden
        aria-label={chatWords.attach}
        onChange={({ currentTarget }) => {
          addFiles(id, currentTarget.files ?? []);
          currentTarget.value = "";
        }}
      />
      <button type="button" aria-label={chatWords.attach} onClick={() => pick.current?.click()}>
        <Icon name="clip" />
      </button>
      <button type="submit" className="primary" disabled={!ready}>
        {chatWords.send}
      </button>
    </form>
  );
}

function Files({ id, files }: { readonly id: string; readonly files: readonly Upload[] }) {
  if (files.length === 0) return null;
  return (
    <ul className="uploads" aria-label={chatWords.files}>
      {files.map(({ key, name, progress, sent, problem }) => (
        <li key={key}>
          <span>{name}</span>
          {problem !== null && (
            <span className="problem" role="alert">
              {problem}
            </span>
          )}
          {sent === null && problem === null && <progress aria-label={name} value={progress} />}
          <button type="button" aria-label={chatWords.removeFile(name)} onClick={() => removeFile(id, key)}>
            ×
          </button>
        </li>
      ))}
    </ul>
  );
}
