// These take effect as they are chosen, and stay in this browser.
import { useState } from "react";
import { useStore } from "../live/store";
import { changeScreen, screenSettings, type Theme } from "../settings";
import { personalWords as said } from "../strings/personal";
import { SoundSettings } from "../ui/SoundSettings";

const THEMES: readonly (readonly [Theme, string])[] = [
  ["system", said.themeSystem],
  ["light", said.themeLight],
  ["dark", said.themeDark],
];

export function Screen() {
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
    <>
      <fieldset>
        <legend>{said.screen}</legend>
        <label>
          {said.theme}
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
            {said.notifications}
            {denied && <span className="problem block">{said.notificationsDenied}</span>}
          </span>
        </label>
        <label className="option">
          <input
            type="checkbox"
            checked={settings.singleKeys}
            onChange={(event) => changeScreen({ singleKeys: event.target.checked })}
          />
          <span>{said.singleKeys}</span>
        </label>
      </fieldset>
      <fieldset>
        <legend>{said.sound}</legend>
        <SoundSettings />
      </fieldset>
    </>
  );
}
