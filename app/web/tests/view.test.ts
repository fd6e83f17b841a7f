import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Conversation } from "../src/api/types";
import { sections } from "../src/inbox/sections";
import { arranged, PLAIN, viewFrom, type InboxView } from "../src/inbox/view";
import { at, conversation, me } from "./samples";

const ids = (list: readonly Conversation[]) => list.map((each) => each.id);
const view = (part: Partial<InboxView>): InboxView => ({ ...PLAIN, ...part });

const waiting = [
  conversation("old", { queued_at: at(0), skills: ["Billing"] }),
  conversation("chat", { queued_at: at(5), channel: "chat", skills: ["Spanish"] }),
  conversation("mine", { queued_at: at(9), routed_to: { id: "ana", name: "Ana" } }),
  conversation("high", { queued_at: at(20), priority: 7, skills: ["Billing", "Spanish"] }),
];

describe("Inbox / Personal", () => {
  test("filters by channel, skill, priority and by what was routed to me", () => {
    expect(ids(arranged(waiting, view({ channels: ["chat"] })))).toEqual(["chat"]);
    expect(ids(arranged(waiting, view({ skills: ["Spanish"] })))).toEqual(["chat", "high"]);
    expect(ids(arranged(waiting, view({ leastPriority: 7 })))).toEqual(["high"]);
    expect(ids(arranged(waiting, view({ forMeOnly: true })))).toEqual(["mine"]);
  });

  test("sorts as asked, and otherwise as the distributor will serve", () => {
    expect(arranged(waiting, PLAIN)).toEqual(waiting);
    expect(ids(arranged(waiting, view({ sort: "newest" })))[0]).toBe("high");
    expect(ids(arranged(waiting, view({ sort: "longest" })))[0]).toBe("old");
  });

  test("what was saved by another version, or is nonsense, is as in the Inbox itself", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (saved) => {
        const found = viewFrom(saved);
        expect(found.leastPriority).toBeGreaterThanOrEqual(0);
        expect(viewFrom({ ...found })).toEqual(found);
      }),
    );
    expect(viewFrom({ sort: "by mood", columns: "all", leastPriority: 99 })).toEqual(
      view({ leastPriority: 10, columns: [] }),
    );
    expect(viewFrom({})).toEqual(PLAIN);
  });
});

test("ten thousand waiting rows are put in order within a frame", () => {
  const many = new Map(
    Array.from({ length: 10_000 }, (_, n) => [
      `c${n}`,
      conversation(`c${n}`, { queued_at: at((n * 7919) % 10_000), priority: n % 3 }),
    ]),
  );
  sections(many, me()); // the first time works out each one's turn
  const took = Array.from({ length: 5 }, () => {
    const from = performance.now();
    expect(sections(many, me()).waiting).toHaveLength(10_000);
    return performance.now() - from;
  });
  expect(Math.min(...took)).toBeLessThan(100);
});
