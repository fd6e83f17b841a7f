// Whether the call is being recorded, and the button that pauses it while a card number is read.
// The word is always what the service says: a pause that did not succeed must not look like one.
import { useState } from "react";
import { api } from "../api/client";
import type { Conversation } from "../api/types";
import { notify } from "../live/desk";
import { problemSentence } from "../strings";
import { recordingWords as said } from "../strings/recording";

export function RecordingControl({ conversation }: { readonly conversation: Conversation }) {
  const [busy, setBusy] = useState(false);
  const { id, recording } = conversation;
  if (!recording) return null;
  const on = recording === "on";
  const toggle = async (): Promise<void> => {
    setBusy(true);
    try {
      await (on ? api.pauseRecording(id) : api.resumeRecording(id));
    } catch (error) {
      notify(problemSentence(error));
    }
    setBusy(false);
  };
  return (
    <>
      <span className={`recording recording-${recording}`} role="status">
        {on ? said.on : said.paused}
      </span>
      <button type="button" disabled={busy} onClick={() => void toggle()}>
        {on ? said.pause : said.resume}
      </button>
    </>
  );
}
