import { useStore } from "../live/store";
import { screenSettings } from "../settings";
import { words } from "../strings";
import { consultWords } from "../strings/consult";
import { Dialog } from "./Dialog";

const { keys } = words;
const ROWS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [["A"], keys.accept],
  [["R"], keys.reject],
  [["M"], keys.mute],
  [["H"], keys.hold],
  [["K"], keys.keypad],
  [["0–9", "*", "#"], keys.digits],
  [["T"], keys.transfer],
  [["S"], consultWords.keys.swap],
  [[keys.ctrl, "Y"], consultWords.keys.complete],
  [[keys.ctrl, "B"], consultWords.keys.cancel],
  [[keys.ctrl, "I"], keys.handBack],
  [["N"], keys.notes],
  [["G", "I"], keys.goInbox],
  [["G", "L"], keys.goLive],
  [["G", "C"], keys.goConversations],
  [["G", "S"], keys.goSettings],
  [["↑", "↓"], keys.rows],
  [["?"], keys.help],
  [[keys.ctrl, "E"], keys.end],
  [[keys.ctrl, keys.enter], keys.closeWrapUp],
  [[keys.escape], keys.leaveField],
];

export function KeyHelp({ onClose }: { readonly onClose: () => void }) {
  const on = useStore(screenSettings, (settings) => settings.singleKeys);
  return (
    <Dialog title={keys.title} onClose={onClose}>
      <dl className="keys">
        {ROWS.map(([pressed, does]) => (
          <div key={does}>
            <dt>
              {pressed.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p className="quiet">{on ? keys.hint : keys.off}</p>
      <div className="buttons">
        <button type="button" onClick={onClose}>
          {words.close}
        </button>
      </div>
    </Dialog>
  );
}
