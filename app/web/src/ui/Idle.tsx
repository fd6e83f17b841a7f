// The place of the offer while there is none: what keeps the next one away, and the button for it.
import type { Me } from "../api/types";
import type { Sections } from "../inbox/sections";
import { setLeg, setStatus } from "../live/moves";
import { isDialling, words } from "../strings";

interface IdleProps {
  readonly me: Me;
  readonly sections: Sections;
}

interface Situation {
  readonly title: string;
  readonly hint: string;
  readonly fix?: { readonly label: string; readonly act: () => Promise<void> };
}

function situation(me: Me, { mine, wrapUps }: Sections): Situation {
  const { list } = words;
  if (mine.length > 0) {
    const onACall = mine.some(({ channel }) => channel === "voice");
    return { title: list.inHand, hint: onACall ? list.inHandHint : list.writtenHint };
  }
  if (wrapUps.length > 0) return { title: list.writing, hint: list.writingHint };
  if (me.leg.state === "disconnected") {
    if (isDialling(me.leg.detail)) return { title: list.dialling, hint: list.diallingHint };
    const fix = { label: list.connect, act: () => setLeg("connect") };
    const reachable = me.leg.audio !== "number" || me.preferences.phone_number;
    return reachable
      ? { title: list.noLeg, hint: list.noLegHint, fix }
      : { title: list.noLeg, hint: list.noNumberHint };
  }
  if (me.status !== "available") {
    const fix = { label: list.goAvailable, act: () => setStatus({ status: "available" }) };
    return { title: list.away, hint: list.awayHint, fix };
  }
  return { title: list.ready, hint: list.readyHint };
}

export function Idle({ me, sections }: IdleProps) {
  const { title, hint, fix } = situation(me, sections);
  return (
    <div className="idle">
      <strong>{title}</strong>
      <span className="quiet">{hint}</span>
      {fix && (
        <button type="button" onClick={() => void fix.act()}>
          {fix.label}
        </button>
      )}
    </div>
  );
}
