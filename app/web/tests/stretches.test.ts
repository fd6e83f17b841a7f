import { expect, test } from "vitest";
import type { TimelineEntry } from "../src/api/types";
import { stretchesOf } from "../src/live/stretches";

const ana = { id: "a", name: "Ana" };

function entry(seconds: number, type: string, agent: TimelineEntry["agent"] = null): TimelineEntry {
  return { type, at: new Date(seconds * 1000).toISOString(), agent, data: {} };
}

const told = (timeline: readonly TimelineEntry[], now: number) =>
  stretchesOf(timeline, now * 1000).map(({ kind, from, to, who }) => [
    kind,
    from / 1000,
    to / 1000,
    who,
  ]);

test("each state lasts until the next, and a closed conversation ends", () => {
  const past = [
    entry(0, "conversation_started"),
    entry(10, "conversation_queued"),
    entry(12, "conversation_offered", ana),
    entry(13, "offer_rang", ana), // still offered
    entry(15, "offer_accepted", ana),
    entry(40, "conversation_held", ana),
    entry(50, "conversation_unheld", ana),
    entry(70, "conversation_ended", ana),
    entry(80, "wrap_up_closed", ana),
    entry(80, "conversation_closed"),
  ];
  expect(told(past, 1000)).toEqual([
    ["bot", 0, 10, null],
    ["waiting", 10, 12, null],
    ["offered", 12, 15, "Ana"],
    ["talk", 15, 40, "Ana"],
    ["hold", 40, 50, "Ana"],
    ["talk", 50, 70, "Ana"],
    ["wrap_up", 70, 80, "Ana"],
  ]);
});

test("the last state of an open one lasts until now, and what has no length is left out", () => {
  const past = [
    entry(0, "conversation_queued"),
    entry(0, "conversation_offered", ana),
    entry(5, "offer_rejected", ana),
  ];
  expect(told(past, 9)).toEqual([
    ["offered", 0, 5, "Ana"],
    ["waiting", 5, 9, "Ana"],
  ]);
  expect(told([], 9)).toEqual([]);
});
