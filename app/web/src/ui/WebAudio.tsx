// The headset in the browser: choose, test, connect. Opened by the leg indicator.
import { useEffect, useState } from "react";
import type { Me } from "../api/types";
import { canChooseSpeaker, listDevices, problemOf, type Devices } from "../phone/devices";
import { choose, echo, phone, startPhone, toggleEcho, unblock, webAudio, wish } from "../phone/phone";
import type { PhoneProblem, PhoneState } from "../phone/state";
import { screenSettings } from "../settings";
import { useStore } from "../live/store";
import { phoneProblem, webAudioWords as words } from "../strings/webAudio";
import { Dialog } from "./Dialog";
import { WebAudioTests } from "./WebAudioTests";
import { useMicrophone } from "./useMicrophone";

/** Keeps this tab's phone while somebody is signed in, and shows its dialog. */
export function WebPhone({ me }: { readonly me: Me }) {
  const open = useStore(webAudio, (on) => on);
  useEffect(() => startPhone(me.id), [me.id]);
  return open && <WebAudioDialog me={me} onClose={() => webAudio.set(false)} />;
}

interface WebAudioDialogProps {
  readonly me: Me;
  readonly onClose: () => void;
}

function WebAudioDialog({ me, onClose }: WebAudioDialogProps) {
  const state = useStore(phone, (now) => now);
  const settings = useStore(screenSettings, (all) => all);
  const testing = useStore(echo, (on) => on);
  const [attempt, setAttempt] = useState(0);
  const heard = useMicrophone(settings.microphone, attempt);
  const devices = useDevices(heard.stream);
  const problem = heard.problem ?? state.problem;
  const connected = state.call === "up";
  return (
    <Dialog title={words.title} onClose={onClose}>
      <div className="web-audio">
        <DeviceChoice
          label={words.microphone}
          devices={devices.microphones}
          chosen={settings.microphone}
          onChoose={(id) => void choose({ microphone: id })}
        />
        {canChooseSpeaker() ? (
          <DeviceChoice
            label={words.speaker}
            devices={devices.speakers}
            chosen={settings.speaker}
            onChoose={(id) => void choose({ speaker: id })}
          />
        ) : (
          <p className="quiet">{words.noSpeakerChoice}</p>
        )}
        <WebAudioTests
          stream={heard.stream}
          speaker={settings.speaker}
          echo={{ possible: state.line === "open" && me.load.voice === 0, on: testing, toggleEcho }}
        />
        <Trouble
          problem={problem}
          again={() => {
            setAttempt((count) => count + 1);
            if (state.problem) wish(true);
          }}
        />
        <p role="status">{saying(state)}</p>
      </div>
      <div className="buttons">
        <button type="button" onClick={onClose}>
          {words.close}
        </button>
        {!connected && (
          <button
            type="button"
            className="primary"
            disabled={heard.stream === null || (state.wanted && state.problem === null)}
            onClick={() => wish(true)}
          >
            {state.tab === "elsewhere" ? words.useHere : words.connect}
          </button>
        )}
      </div>
    </Dialog>
  );
}

function saying(state: PhoneState): string {
  if (state.tab === "elsewhere") return words.elsewhereHint;
  if (!state.wanted || state.problem) return "";
  if (state.line === "broken") return words.reconnecting;
  return state.call === "up" ? words.connected : words.connecting;
}

interface DeviceChoiceProps {
  readonly label: string;
  readonly devices: readonly MediaDeviceInfo[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}

function DeviceChoice({ label, devices, chosen, onChoose }: DeviceChoiceProps) {
  const known = devices.some(({ deviceId }) => deviceId === chosen);
  return (
    <label>
      {label}
      <select value={known ? chosen : ""} onChange={(event) => onChoose(event.target.value)}>
        <option value="">{words.systemDefault}</option>
        {devices.map(({ deviceId, label: name }) => (
          <option key={deviceId} value={deviceId}>
            {name || deviceId}
          </option>
        ))}
      </select>
    </label>
  );
}

interface TroubleProps {
  readonly problem: PhoneProblem | null;
  readonly again: () => void;
}

function Trouble({ problem, again }: TroubleProps) {
  if (problem === null) return null;
  const blocked = problem === "blocked";
  return (
    <div className="problem" role="alert">
      <p>{phoneProblem(problem, navigator.userAgent)}</p>
      <button type="button" onClick={blocked ? () => void unblock() : again}>
        {blocked ? words.allow : words.tryAgain}
      </button>
    </div>
  );
}

/** Their names are told once the microphone is open. */
function useDevices(stream: MediaStream | null): Devices {
  const [devices, setDevices] = useState<Devices>({ microphones: [], speakers: [] });
  useEffect(() => {
    let mounted = true;
    const read = (): void =>
      void listDevices()
        .then((found) => mounted && setDevices(found))
        .catch(problemOf);
    read();
    const all = navigator.mediaDevices as MediaDevices | undefined;
    all?.addEventListener("devicechange", read);
    return () => {
      mounted = false;
      all?.removeEventListener("devicechange", read);
    };
  }, [stream]);
  return devices;
}
