// The ring: on or off, and the speaker it plays on. Kept in this browser, where the speakers are.
import { useEffect, useState } from "react";
import { ring, testRing } from "../live/ring";
import { useStore } from "../live/store";
import { changeScreen, screenSettings } from "../settings";
import { inboxWords } from "../strings/inbox";
import { Icon } from "./Icons";
import { Popover } from "./Popover";

const said = inboxWords.sound;

export function SoundMenu() {
  const on = useStore(screenSettings, (settings) => settings.sounds);
  const blocked = useStore(ring, (state) => state.blocked);
  const face = blocked && on ? said.blocked : on ? said.on : said.off;
  return (
    <Popover
      className={blocked && on ? "sound sound-blocked" : "sound"}
      label={said.label}
      button={
        <>
          <Icon name={on && !blocked ? "speaker" : "speakerOff"} size={18} />
          <span className={blocked && on ? "" : "visually-hidden"}>{face}</span>
        </>
      }
    >
      {() => <SoundSettings />}
    </Popover>
  );
}

export function SoundSettings() {
  const { sounds, ringDevice } = useStore(screenSettings, (settings) => settings);
  const { blocked, lost, elsewhere } = useStore(ring, (state) => state);
  const [speakers, unnamed, ask] = useSpeakers();
  return (
    <>
      <label className="option">
        <input
          type="checkbox"
          checked={sounds}
          onChange={(event) => changeScreen({ sounds: event.target.checked })}
        />
        <span>{said.ring}</span>
      </label>
      <label>
        {said.device}
        <select
          value={ringDevice}
          onChange={(event) => changeScreen({ ringDevice: event.target.value })}
        >
          <option value="">{said.standard}</option>
          {speakers.map(({ deviceId, label }, index) => (
            <option key={deviceId} value={deviceId}>
              {label || said.unnamed(index + 1)}
            </option>
          ))}
        </select>
      </label>
      {unnamed && (
        <button type="button" title={said.namesHint} onClick={ask}>
          {said.names}
        </button>
      )}
      <button type="button" disabled={elsewhere} onClick={testRing}>
        {said.test}
      </button>
      {blocked && <p className="problem">{said.allow}</p>}
      {lost && <p className="problem">{said.lost}</p>}
      {elsewhere && <p className="quiet">{said.elsewhere}</p>}
    </>
  );
}

/** The speakers, whether some are kept back until the microphone is allowed, and how to ask. */
function useSpeakers(): readonly [readonly MediaDeviceInfo[], boolean, () => void] {
  const [speakers, setSpeakers] = useState<readonly MediaDeviceInfo[]>([]);
  const [unnamed, setUnnamed] = useState(false);
  // Only secure contexts have media devices, whatever the types say.
  const media = navigator.mediaDevices as MediaDevices | undefined;
  const look = async (): Promise<void> => {
    const all = (await media?.enumerateDevices()) ?? [];
    setSpeakers(all.filter(({ kind, deviceId }) => kind === "audiooutput" && isNamed(deviceId)));
    setUnnamed(all.some(({ label }) => label === ""));
  };
  useEffect(() => {
    const onChange = (): void => void look();
    onChange();
    media?.addEventListener("devicechange", onChange);
    return () => media?.removeEventListener("devicechange", onChange);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once; the browser tells of changes
  }, []);
  const ask = async (): Promise<void> => {
    try {
      const stream = await media?.getUserMedia({ audio: true });
      for (const track of stream?.getTracks() ?? []) track.stop();
    } catch {
      return; // refused: the list stays as it is
    }
    await look();
  };
  return [speakers, unnamed, () => void ask()];
}

/** The browser's own "default" stands in the list already. */
const isNamed = (deviceId: string): boolean => deviceId !== "" && deviceId !== "default";
