"""Accounts for every call of a drill: archive, Redis, Asterisk, and what the phones heard."""

import asyncio
import itertools
import time
from collections import defaultdict
from datetime import datetime

import numpy as np

from tests.drill.agents import Worker, tone_of
from tests.drill.chat_audit import archive
from tests.drill.floor import Floor, Journey
from tests.support.picture import Json
from tests.support.residue import open_work

HEARD_SECONDS = 0.4
"""A tone that filled so long was an agent; music has such a tone for a moment."""
TONE_LEVEL, TONE_SHARE = 0.2, 0.85
"""What a phone's tone (half of full scale) is in a frame, and music and words are not."""
MUST_BE_HEARD_SECONDS = 3.0
"""Who talked for so long, in quiet times, was heard."""
SAME_INSTANT = 1.5
"""Seconds within which either side may be found to have hung up first."""
OVERLAP_SECONDS = 0.5
SOON = 10.0
"""A phone is told within this time."""


async def audit_calls(floor: Floor) -> dict[str, int]:
    """Every call by how it ended; what is wrong goes to `floor.find`."""
    kept: dict[str, list[Json]] = defaultdict(list)
    async for talk in archive(floor.world.supervisor):
        if talk["channel"] == "voice":
            kept[talk["customer"]["number"]].append(talk)
        if talk["state"] != "closed":
            floor.find(f"stuck: {talk['id']} is {talk['state']} {_brief(talk)}")
    ends: dict[str, int] = defaultdict(int)
    names = {agent.id: n for n, agent in enumerate(floor.agents)}
    for journey in floor.journeys.values():
        await asyncio.to_thread(_listen, journey, floor)
        ends[_account(floor, journey, kept.pop(journey.number, []), names)] += 1
    for number, talks in kept.items():
        floor.find(f"nobody called as {number}: {[_brief(talk) for talk in talks]}")
    return dict(ends)


def _account(floor: Floor, journey: Journey, kept: list[Json], names: dict[str, int]) -> str:
    """How this call ended."""
    who = f"call {journey.number} ({_own_words(floor, journey)})"
    excused = floor.excuses(journey.began, journey.until)
    if len(kept) > 1:
        floor.find(f"{who} is there twice: {[_brief(talk) for talk in kept]}")
    if not kept:
        early = journey.gave_up_at is not None and journey.gave_up_at - journey.began < 1.5
        if not early and not excused:
            floor.find(f"{who} is lost: no conversation")
        return "never came in"
    talk = kept[0]
    for fault in _contradictions(floor, journey, talk, names, bool(excused)):
        floor.find(f"{who}: {fault}: {_brief(talk)}")
    return str(talk["outcome"])


def _contradictions(
    floor: Floor, journey: Journey, talk: Json, names: dict[str, int], excused: bool
) -> list[str]:
    found, parts = [], talk["segments"]
    if journey.last_sound_at is not None and not _silenced(floor, journey):
        if _left_alone(floor, journey, journey.last_sound_at):
            floor.left_in_silence += 1
        else:
            found.append(f"silent since {journey.last_sound_at - journey.began:.1f} s of the call")
    if any(part["to"] is None or part["wrap_up"] == "open" for part in parts):
        found.append("a part is still open")
    talked = [f"drill-{names[p['agent']['id']]}" for p in parts if p["agent"]["id"] in names]
    heard = list(zip(journey.heard, journey.heard_at, strict=True))
    if not _in_order([name for name, at in heard if not _stray(floor, name, at)], talked):
        when = [f"{name} after {at - journey.began:.1f} s" for name, at in heard]
        found.append(f"heard {when}, the archive has {talked}")
    found += _wrong_end(floor, journey, talk, excused)
    return [*found, *_unheard(floor, journey, parts, names)]


def _stray(floor: Floor, name: str, at: float) -> bool:
    """Whether this phone still sent into a call of an Asterisk that was killed: nobody tells it.

    The next Asterisk may give the same port to another leg, which takes the first sound that comes
    (strictrtp in Asterisk's rtp.conf learns whom to trust from what comes first).
    """
    lines = floor.agents[int(name.removeprefix("drill-"))].phone.lines
    kills = [one.since for one in floor.harm.done if one.fault.name == "kill asterisk"]
    return any(
        line.began_at < kill < at and (line.closed_at is None or line.closed_at > at - 1)
        for kill in kills
        for line in lines
    )


def _wrong_end(floor: Floor, journey: Journey, talk: Json, excused: bool) -> list[str]:
    """What is wrong with the outcome."""
    parts = talk["segments"]
    killed = floor.explained_by(journey.began, journey.until + SOON, "kill asterisk")
    match talk["outcome"]:
        case "failed":
            return [] if killed else ["failed without a cause"]
        case "abandoned":
            silenced = journey.dead_at is not None and _silenced(floor, journey)
            gave_up = journey.gave_up_at is not None
            return [] if killed or gave_up or silenced else ["nobody gave up"]
        case "completed" if parts:
            right = excused or parts[-1]["ended_by"] in _possible_ends(journey)
            return [] if right else ["it was the other who ended it"]
        case "completed":
            return ["completed without a talk"]
        case other:
            return [f"outcome {other}"]


def _silenced(floor: Floor, journey: Journey) -> bool:
    """Whether Asterisk itself was gone or stood still: nothing else is an excuse for silence."""
    since = journey.last_sound_at or journey.began
    return floor.explained_by(since - 1, journey.until, "kill asterisk", "freeze asterisk")


def _left_alone(floor: Floor, journey: Journey, since: float) -> bool:
    """Whether their agent hung up the phone at that moment, with nobody there who would see it."""
    left = any(abs(at - since) < SAME_INSTANT for at in journey.phones_hung_up)
    away = ("kill service", "freeze service", "cut ari", "hold ari")
    return left and floor.explained_by(since - SAME_INSTANT, since + SAME_INSTANT, *away)


def _unheard(floor: Floor, journey: Journey, parts: list[Json], names: dict[str, int]) -> list[str]:
    """Parts of some length, with no fault near, in which the customer heard nobody."""
    found = []
    for part in parts:
        since, until = _monotonic(part["from"]), _monotonic(part["to"])
        if part["agent"]["id"] not in names or until is None or since is None:
            continue
        name = f"drill-{names[part['agent']['id']]}"
        quiet = not floor.excuses(since - 1, until + 1)
        if until - since > MUST_BE_HEARD_SECONDS and quiet and name not in journey.heard:
            heard = _what_was_heard(journey, names[part["agent"]["id"]], since, until)
            found.append(f"{name} talked for {until - since:.1f} s and was not heard: {heard}")
    return found


def _what_was_heard(journey: Journey, number: int, since: float, until: float) -> str:
    """For whoever looks for the cause: silence, something else, or something over the tone."""
    frames = journey.line.heard.frames(since, until)
    if not len(frames):
        return "no packets"
    among, alone = (frames.carry(tone_of(number), share).mean() for share in (0.1, TONE_SHARE))
    return (
        f"{len(frames)} packets, {frames.loud().mean():.0%} loud, level {frames.level.mean():.2f}, "
        f"the tone in {among:.0%}, alone in {alone:.0%}"
    )


def _possible_ends(journey: Journey) -> set[str]:
    customer = journey.gave_up_at
    if customer is None:
        return {"agent"}
    agents = [at for at in journey.ended_by_agents if at < customer + SAME_INSTANT]
    return {"agent", "customer"} if agents else {"customer"}


def _listen(journey: Journey, floor: Floor) -> None:
    """Whom the customer heard, and that it was one at a time."""
    frames = journey.line.heard.frames(0)
    need = int(HEARD_SECONDS * 50)
    if len(frames) < need:
        return
    loud = frames.level > TONE_LEVEL
    when: list[tuple[int, str]] = []
    together = np.zeros(len(frames), dtype=np.int64)
    for n in range(len(floor.agents)):
        carried = loud & frames.carry(tone_of(n), TONE_SHARE)
        filled = np.convolve(carried, np.ones(need), "same") >= need * 0.9
        together += filled
        when += [(int(at), f"drill-{n}") for at in np.flatnonzero(np.diff(filled.astype(int)) == 1)]
    # Holds and short breaks make one agent begin again.
    when.sort()
    new = [(at, name) for i, (at, name) in enumerate(when) if i == 0 or when[i - 1][1] != name]
    journey.heard = [name for _, name in new]
    journey.heard_at = [float(frames.arrived[at]) for at, _ in new]
    if int((together > 1).sum()) > need:
        floor.find(f"call {journey.number} heard several agents at a time: {journey.heard}")


async def audit_agents(floor: Floor, workers: list[Worker]) -> None:
    """Nobody had two calls at a time, and nobody has anything left."""
    spans: dict[str, list[tuple[datetime, datetime, str]]] = defaultdict(list)
    async for talk in archive(floor.world.supervisor):
        for part in talk["segments"]:
            if talk["channel"] == "voice" and part["to"]:
                spans[part["agent"]["name"]].append(
                    (_at(part["from"]), _at(part["to"]), talk["id"])
                )
    for name, own in spans.items():
        own.sort()
        for (_, end, one), (start, _, other) in itertools.pairwise(own):
            if (end - start).total_seconds() > OVERLAP_SECONDS:
                floor.find(f"{name} had {one} and {other} at a time")
    for worker in workers:
        me = await worker.agent.me()
        if any(me["load"].values()) or me["offer"] or me["wrap_ups"]:
            floor.find(f"{me['name']} keeps {me['load']}, offer {me['offer']}, {me['wrap_ups']}")


async def audit_leftovers(floor: Floor, workers: list[Worker], within: float = 15.0) -> None:
    """Once nobody calls any more: legs, each of somebody and alone, and no work anywhere."""
    end = time.monotonic() + within
    while wrong := await _leftovers(floor, workers):
        if time.monotonic() > end:
            for one in wrong:
                floor.find(one)
            return
        await asyncio.sleep(0.5)


async def _leftovers(floor: Floor, workers: list[Worker]) -> list[str]:
    behind, found = floor.world.behind, []
    if left := await open_work(behind):
        found.append(f"Redis keeps {left}")
    channels, bridges = await asyncio.gather(behind.channels(), behind.occupied_bridges())
    legs = [str(c["id"]) for c in channels if c["id"].startswith("leg-")]
    found += [f"Asterisk keeps {c['name']} {c['id']}" for c in channels if c["id"] not in legs]
    found += [f"together: {b['channels']}" for b in bridges if len(b["channels"]) > 1]
    for worker in workers:
        found += await _leg_faults(worker, [c for c in channels if c["id"] in legs])
    return found


async def _leg_faults(worker: Worker, legs: list[Json]) -> list[str]:
    """A standing leg is one channel that is up, and the phone says the same."""
    agent = worker.agent
    own = [leg for leg in legs if leg["id"].startswith(f"leg-{agent.id}-")]
    told = (await agent.me())["leg"]
    what = f"{agent.name}'s leg is {told}; Asterisk: {[(c['id'], c['state']) for c in own]}"
    wanted = int(worker.desk.leg == "persistent" and told["state"] == "connected")
    if told["state"] == "ringing" or len(own) != wanted:
        return [what]
    if wanted and not (agent.phone.lines and agent.line.up):
        lines = [(line.call.state.name, line.close_reason) for line in agent.phone.lines[-3:]]
        return [f"{what}; the phone: {lines}"]
    return []


def _in_order(some: list[str], all_: list[str]) -> bool:
    rest = iter(all_)
    return all(one in rest for one in some)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _monotonic(text: str | None) -> float | None:
    """An instant of the archive on this process's clock."""
    if text is None:
        return None
    return _at(text).timestamp() - time.time() + time.monotonic()


def _brief(talk: Json) -> str:
    parts = [(p["agent"]["name"], p["from"], p["to"], p["ended_by"]) for p in talk["segments"]]
    return (
        f"{talk['id']} {talk['state']} {talk['outcome']} from {talk['created_at']} to "
        f"{talk['closed_at']}, {parts}"
    )


def _own_words(floor: Floor, journey: Journey) -> str:
    def since(at: float | None) -> str:
        return "never" if at is None else f"after {at - journey.began:.1f} s"

    faults = [done.fault.name for done in floor.excuses(journey.began, journey.until)]
    ended = [f"{at - journey.began:.1f} s" for at in journey.ended_by_agents]
    began = time.time() - time.monotonic() + journey.began
    return (
        f"from {datetime.fromtimestamp(began).astimezone():%H:%M:%S}, over "
        f"{since(journey.line.closed_at)} “{journey.line.close_reason}”, gave up "
        f"{since(journey.gave_up_at)}, dead {since(journey.dead_at)}, ended by agents {ended}, "
        f"meanwhile {faults}"
    )
