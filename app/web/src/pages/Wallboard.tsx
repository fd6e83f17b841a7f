// Monitor > Wallboard: the floor in large figures, for a screen that hangs on a wall.
import { useEffect, useRef, useState, type ReactNode } from "react";
import { lasting, percentOf, ZONE, type Figures, type SkillNow, type Wallboard as Board } from "../reporting/api";
import { useWallboard } from "../reporting/useWallboard";
import { DASH, wallboardWords as said } from "../strings/reporting";
import { Elapsed } from "../ui/Ticking";
import "../styles/admin.css";
import "../styles/reporting.css";

type Tone = "plain" | "good" | "near" | "bad";

export default function Wallboard() {
  const { board, problem } = useWallboard();
  const whole = useRef<HTMLElement>(null);
  return (
    <main id="panel" ref={whole} className="wallboard" tabIndex={-1} aria-label={said.title}>
      <header className="wallboard-head">
        <div>
          <h1>{said.title}</h1>
          <p className="quiet">{said.today(ZONE)}</p>
        </div>
        <FullScreen of={whole} />
      </header>
      <p className="problem" role="alert">
        {problem && `${problem} ${board ? said.behind : ""}`}
      </p>
      {board ? <Floor board={board} /> : !problem && <p className="quiet">{said.loading}</p>}
    </main>
  );
}

function FullScreen({ of }: { readonly of: React.RefObject<HTMLElement | null> }) {
  const [full, setFull] = useState(false);
  useEffect(() => {
    const look = (): void => setFull(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", look);
    return () => document.removeEventListener("fullscreenchange", look);
  }, []);
  const toggle = (): void => {
    // a browser that refuses leaves the page as it is
    const done = full ? document.exitFullscreen() : of.current?.requestFullscreen();
    done?.catch(() => undefined);
  };
  return (
    <button type="button" onClick={toggle}>
      {full ? said.leaveFullScreen : said.fullScreen}
    </button>
  );
}

function Floor({ board }: { readonly board: Board }) {
  const { now, today, thresholds } = board;
  const { service_level_seconds: within, service_level_percent: target } = thresholds;
  const [levelTone, levelSaid] = levelOf(today.service_level, target);
  return (
    <>
      <div className="wallboard-tiles">
        <Tile name={said.waiting} value={now.waiting} />
        <Longest since={now.longest_waiting_since} at={board.at} within={within} />
        <Tile name={said.serviceLevel} value={percentOf(today.service_level)} tone={levelTone}>
          <b>{levelSaid}</b> {said.serviceLevelOf(within)}
          {today.service_level_early_out !== null && `, ${said.earlyOut(today.service_level_early_out)}`}
        </Tile>
        <Tile name={said.speed} value={lasting(today.speed_of_answer_seconds)}>
          {said.answered(today.answered)}
        </Tile>
        <Tile name={said.abandonRate} value={percentOf(today.abandon_rate)}>
          {said.abandoned(today.abandoned, today.short_abandoned)}
        </Tile>
        <Tile name={said.handling} value={lasting(today.handling_seconds)}>
          {said.handlingHint}
        </Tile>
      </div>
      <section aria-label={said.agents}>
        <h2>{said.agents}</h2>
        <dl className="wallboard-agents">
          <Count name={said.available} value={now.available} />
          <Count name={said.onCall} value={now.on_call} />
          <Count name={said.busy} value={now.busy} />
          <Count name={said.wrapUps} value={now.wrap_ups} />
          <Count name={said.offline} value={now.offline} />
          <Count name={said.active} value={now.active} />
          <Count name={said.withBot} value={now.with_bot} />
        </dl>
      </section>
      <Skills skills={board.skills} within={within} target={target} />
    </>
  );
}

interface TileProps {
  readonly name: string;
  readonly value: ReactNode;
  readonly tone?: Tone;
  readonly children?: ReactNode;
}

function Tile({ name, value, tone = "plain", children }: TileProps) {
  return (
    <section className={`tile tile-${tone}`} aria-label={name}>
      <h2>{name}</h2>
      <p className="tile-value">{value}</p>
      <p className="tile-note">{children}</p>
    </section>
  );
}

interface LongestProps {
  readonly since: string | null;
  readonly at: string;
  readonly within: number;
}

function Longest({ since, at, within }: LongestProps) {
  if (since === null) {
    return (
      <Tile name={said.longest} value={DASH}>
        {said.nobody}
      </Tile>
    );
  }
  const over = Date.parse(at) - Date.parse(since) > within * 1_000;
  return (
    <Tile
      name={said.longest}
      value={<Elapsed since={since} title={said.longest} />}
      tone={over ? "bad" : "plain"}
    >
      {over ? <b>{said.over(within)}</b> : said.within(within)}
    </Tile>
  );
}

function Count({ name, value }: { readonly name: string; readonly value: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** Ten points below the target are near; the words say it, too. */
function levelOf(level: number | null, target: number): readonly [Tone, string] {
  if (level === null) return ["plain", said.noneYet];
  const percent = level * 100;
  if (percent >= target) return ["good", said.onTarget(target)];
  return percent >= target - 10 ? ["near", said.nearTarget(target)] : ["bad", said.belowTarget(target)];
}

interface SkillsProps {
  readonly skills: readonly SkillNow[];
  readonly within: number;
  readonly target: number;
}

function Skills({ skills, within, target }: SkillsProps) {
  if (skills.length === 0) return <p className="admin-empty">{said.noSkills}</p>;
  return (
    <section>
      <h2>{said.skills}</h2>
      <div className="admin-table wallboard-skills" role="region" aria-label={said.skills} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {[said.skill, said.skillWaiting, said.skillLongest, said.skillAgents, said.skillOffered].map(Head)}
              {[said.skillAnswered, said.skillLevel, said.skillSpeed, said.skillAbandon].map(Head)}
            </tr>
          </thead>
          <tbody>
            {skills.map((skill) => (
              <SkillRow key={skill.id} skill={skill} within={within} target={target} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Head(name: string) {
  return (
    <th key={name} scope="col">
      {name}
    </th>
  );
}

interface SkillRowProps {
  readonly skill: SkillNow;
  readonly within: number;
  readonly target: number;
}

function SkillRow({ skill, target }: SkillRowProps) {
  const { figures, longest_waiting_since: since } = skill;
  const alone = skill.waiting > 0 && skill.agents === 0;
  return (
    <tr>
      <th scope="row">{skill.name}</th>
      <td className="number">{skill.waiting}</td>
      <td className="number">
        {since === null ? DASH : <Elapsed since={since} title={said.skillLongest} />}
      </td>
      <td className={alone ? "number said-bad" : "number"}>
        {alone ? said.nobodySignedIn : `${String(skill.available)} / ${String(skill.agents)}`}
      </td>
      <td className="number">{figures.offered}</td>
      <td className="number">{figures.answered}</td>
      <Level figures={figures} target={target} />
      <td className="number">{lasting(figures.speed_of_answer_seconds)}</td>
      <td className="number">{percentOf(figures.abandon_rate)}</td>
    </tr>
  );
}

function Level({ figures, target }: { readonly figures: Figures; readonly target: number }) {
  const [tone, words] = levelOf(figures.service_level, target);
  return (
    <td className={`number said-${tone}`}>
      {percentOf(figures.service_level)}
      {(tone === "near" || tone === "bad") && <span className="block">{words}</span>}
    </td>
  );
}
