// The Agent Leg: dot, word, icon and method change together, so that colour alone never tells.
import type { Audio, Me } from "../api/types";
import { desk } from "../live/desk";
import { setLeg } from "../live/moves";
import { useStore } from "../live/store";
import { openWebAudio, phone } from "../phone/phone";
import { go, PERSONAL } from "../router";
import { isDialling, legs, methods, words } from "../strings";
import { webAudioWords } from "../strings/webAudio";
import { Icon, legIcon } from "./Icons";
import { Popover } from "./Popover";

const carrier = ({ leg, preferences }: Me): string =>
  leg.audio === "number"
    ? (preferences.phone_number ?? words.leg.noNumber)
    : methods[leg.audio];

interface LegIndicatorProps {
  readonly me: Me;
}

export function LegIndicator({ me }: LegIndicatorProps) {
  const busy = useStore(desk, (state) => state.leg?.wish ?? null);
  const { leg, load, preferences } = me;
  const elsewhere = useStore(phone, (state) => state.tab === "elsewhere") && leg.audio === "web";
  const where = elsewhere ? ` · ${webAudioWords.elsewhere}` : "";
  const dialling = busy === "connect" || isDialling(leg.detail);
  const face = (
    <>
      <span className="dot" />
      <Icon name={legIcon[leg.state]} />
      <span className="leg-words">
        <strong>{legs[leg.state]}</strong>
        <span className="quiet">{busy ? connecting(busy) : second(me)}{where}</span>
      </span>
    </>
  );
  const kind = `leg leg-${leg.state}`;
  if (leg.state === "disconnected") {
    const missing = leg.audio === "number" && !preferences.phone_number;
    return (
      <div className={kind}>
        <button
          type="button"
          className="opener"
          title={missing ? words.leg.noNumberHint : ""}
          disabled={leg.audio !== "web" && (dialling || busy !== null)}
          onClick={() => connect(leg.audio, missing)}
        >
          <span className="visually-hidden">{words.leg.label}: </span>
          {face}
        </button>
      </div>
    );
  }
  return (
    <Popover className={kind} label={words.leg.label} button={face}>
      {(close) => (
        <>
          <p>{methods[leg.audio]}</p>
          <p className="quiet">{carrier(me)}</p>
          {leg.detail && <p className="quiet">{leg.detail}</p>}
          {leg.audio === "web" && (
            <button
              type="button"
              onClick={() => {
                close();
                openWebAudio();
              }}
            >
              {webAudioWords.open}
            </button>
          )}
          {load.voice > 0 && <p className="quiet">{words.leg.onCall}</p>}
          <button
            type="button"
            disabled={load.voice > 0}
            onClick={() => {
              close();
              void setLeg("disconnect");
            }}
          >
            {words.leg.disconnect}
          </button>
        </>
      )}
    </Popover>
  );
}

function connect(audio: Audio, missing: boolean): void {
  if (audio === "web") openWebAudio();
  else if (missing) go(PERSONAL);
  else void setLeg("connect");
}

function connecting(busy: "connect" | "disconnect"): string {
  return busy === "connect" ? words.leg.connecting : words.leg.disconnecting;
}

function second(me: Me): string {
  if (me.leg.state !== "disconnected") return carrier(me);
  if (me.leg.audio === "number" && !me.preferences.phone_number) return words.leg.noNumber;
  const { detail } = me.leg;
  if (detail === null) return words.leg.reconnect;
  return isDialling(detail) ? words.leg.dialling : `${detail} · ${words.leg.reconnect}`;
}
