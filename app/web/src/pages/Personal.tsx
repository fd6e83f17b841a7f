// Settings > Personal Configuration: how calls reach me, and how this screen looks.
import { useState } from "react";
import type { Audio } from "../api/types";
import { savePreferences } from "../live/moves";
import { useStore } from "../live/store";
import { changeScreen, screenSettings, type Theme } from "../settings";
import { words } from "../strings";
import type { PageProps } from "../pages";

const { personal } = words;

export default function Personal({ me }: PageProps) {
  const [phone, setPhone] = useState(me.preferences.phone_number ?? "");
  const [audio, setAudio] = useState<Audio>(me.preferences.audio);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [saved, setSaved] = useState(false);

  async function save(): Promise<void> {
    setBusy(true);
    const said = await savePreferences({
      phone_number: phone.trim() || null,
      audio,
      leg: "persistent",
    });
    setBusy(false);
    setProblem(said);
    setSaved(said === null);
  }

  return (
    <>
      <h1>{personal.title}</h1>
      <form
        className="settings-form"
        onChange={() => setSaved(false)}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <fieldset>
          <legend>{personal.audio}</legend>
          <AudioChoice
            value="number"
            chosen={audio}
            onChoose={setAudio}
            label={personal.audioNumber}
            hint={personal.audioNumberHint}
          />
          <AudioChoice
            value="sip"
            chosen={audio}
            onChoose={setAudio}
            label={personal.audioSip}
            hint={personal.audioSipHint}
          />
          <label>
            {personal.phone}
            <input
              type="tel"
              name="phone"
              autoComplete="tel"
              value={phone}
              required={audio === "number"}
              placeholder={personal.phoneHint}
              onChange={(event) => setPhone(event.target.value)}
            />
          </label>
        </fieldset>
        <Screen />
        <p className="problem" role="alert">
          {problem}
        </p>
        <div className="buttons">
          <button type="submit" className="primary" disabled={busy}>
            {busy ? personal.saving : personal.save}
          </button>
          <span role="status" className="quiet">
            {saved && personal.saved}
          </span>
        </div>
      </form>
    </>
  );
}

interface AudioChoiceProps {
  readonly value: Audio;
  readonly chosen: Audio;
  readonly onChoose: (audio: Audio) => void;
  readonly label: string;
  readonly hint: string;
}

function AudioChoice({ value, chosen, onChoose, label, hint }: AudioChoiceProps) {
  return (
    <label className="option">
      <input
        type="radio"
        name="audio"
        value={value}
        checked={chosen === value}
        onChange={() => onChoose(value)}
      />
      <span>
        {label}
        <span className="quiet block">{hint}</span>
      </span>
    </label>
  );
}

const THEMES: readonly (readonly [Theme, string])[] = [
  ["system", personal.themeSystem],
  ["light", personal.themeLight],
  ["dark", personal.themeDark],
];

/** These take effect as they are chosen, and stay in this browser. */
function Screen() {
  const settings = useStore(screenSettings, (all) => all);
  const [denied, setDenied] = useState(false);

  async function notifications(on: boolean): Promise<void> {
    if (!on || !("Notification" in window)) {
      changeScreen({ notifications: false });
      return;
    }
    const granted = (await Notification.requestPermission()) === "granted";
    setDenied(!granted);
    changeScreen({ notifications: granted });
  }

  return (
    <fieldset>
      <legend>{personal.screen}</legend>
      <label>
        {personal.theme}
        <select
          value={settings.theme}
          onChange={(event) => changeScreen({ theme: event.target.value as Theme })}
        >
          {THEMES.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label className="option">
        <input
          type="checkbox"
          checked={settings.notifications}
          onChange={(event) => void notifications(event.target.checked)}
        />
        <span>
          {personal.notifications}
          {denied && <span className="problem block">{personal.notificationsDenied}</span>}
        </span>
      </label>
      <label className="option">
        <input
          type="checkbox"
          checked={settings.singleKeys}
          onChange={(event) => changeScreen({ singleKeys: event.target.checked })}
        />
        <span>{personal.singleKeys}</span>
      </label>
    </fieldset>
  );
}
