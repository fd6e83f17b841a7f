import { describe, expect, test } from "vitest";
import type { Conversation } from "../src/api/types";
import { openWrapUpOf } from "../src/live/conversation";
import { keyOf, overlay, pendingMove, statusSettled, unsettled } from "../src/live/optimism";
import { active, conversation, me, offered, T0, wrappingUp } from "./samples";

const all = (...list: readonly Conversation[]) => new Map(list.map((each) => [each.id, each]));

describe("a click shows at once", () => {
  test("Accept: the conversation is mine", () => {
    const call = offered("a");
    const moves = new Map([["a", pendingMove("accept", call, T0)]]);
    const seen = overlay(all(call), moves, me()).get("a");
    expect(seen?.state).toBe("active");
    expect(seen?.agent?.id).toBe("ana");
    expect(seen?.offer).toBeNull();
  });

  test("Swap, Complete, Back: the consult is as it will be", () => {
    const chi = { id: "chi", name: "Chi" };
    const to = { skill: "Spanish", agent: null, number: null };
    const since = "2026-01-01T12:00:00Z";
    const consult = { state: "talking" as const, to, by: null, agent: chi, number: null, since };
    const call = { ...active("a"), held: true, consult };
    const after = (name: "swap" | "complete" | "cancelConsult") =>
      overlay(all(call), new Map([["a", pendingMove(name, call, T0)]]), me()).get("a");
    expect(after("swap")).toMatchObject({ held: false, consult: { state: "swapped" } });
    expect(after("cancelConsult")).toMatchObject({ held: false, consult: null });
    expect(after("complete")).toMatchObject({ agent: chi, held: false, consult: null });
    const swapped = { ...call, consult: { ...consult, since: "2026-01-01T12:01:00Z" } };
    const moves = new Map([["a", pendingMove("swap", call, T0)]]);
    expect(unsettled(moves, all(swapped), "ana").size).toBe(0);
  });

  test("Reject: the offer is gone, and what else is there stays", () => {
    const call = offered("a");
    const waiting = conversation("b");
    const moves = new Map([["a", pendingMove("reject", call, T0)]]);
    expect([...overlay(all(call, waiting), moves, me()).values()]).toEqual([waiting]);
  });

  test("End: my wrap-up is open", () => {
    const call = active("a");
    const moves = new Map([["a", pendingMove("end", call, T0)]]);
    const seen = overlay(all(call), moves, me()).get("a");
    expect(openWrapUpOf(seen, "ana")?.wrap_up).toBe("open");
  });

  test("Hold and Mute: shown until the live state says so", () => {
    for (const [name, back, field] of [
      ["hold", "unhold", "held"],
      ["mute", "unmute", "muted"],
    ] as const) {
      const call = active("a");
      const on = { ...call, [field]: true };
      const moves = new Map([["a", pendingMove(name, call, T0)]]);
      expect(overlay(all(call), moves, me()).get("a")?.[field]).toBe(true);
      expect(unsettled(moves, all(on), "ana").size).toBe(0);
      const undo = new Map([["a", pendingMove(back, on, T0)]]);
      expect(overlay(all(on), undo, me()).get("a")?.[field]).toBe(false);
      expect(unsettled(undo, all(call), "ana").size).toBe(0);
    }
  });

  test("Hold and Mute one right after the other: both", () => {
    const call = active("a");
    const moves = new Map(
      (["hold", "mute"] as const).map((name) => [
        keyOf(name, "a"),
        pendingMove(name, call, T0),
      ]),
    );
    const seen = overlay(all(call), moves, me()).get("a");
    expect([seen?.held, seen?.muted]).toEqual([true, true]);
    expect([...unsettled(moves, all({ ...call, held: true }), "ana").values()].length).toBe(1);
  });

  test("Transfer: the call waits for others, and my wrap-up is open", () => {
    const call = { ...active("a"), held: true };
    const moves = new Map([["a", pendingMove("transfer", call, T0)]]);
    const seen = overlay(all(call), moves, me()).get("a");
    expect([seen?.state, seen?.agent, seen?.held]).toEqual(["queued", null, false]);
    expect(openWrapUpOf(seen, "ana")?.ended_by).toBe("transfer");
  });

  test("Close wrap-up: the row is gone", () => {
    const call = wrappingUp("a");
    const moves = new Map([["a", pendingMove("wrapUp", call, T0)]]);
    expect(overlay(all(call), moves, me()).size).toBe(0);
  });

  test("the live state itself is untouched, and the same where nothing is pending", () => {
    const live = all(offered("a"));
    expect(overlay(live, new Map(), me())).toBe(live);
  });
});

describe("a pending move goes", () => {
  test("when the live state shows it", () => {
    const moves = new Map([["a", pendingMove("accept", offered("a"), T0)]]);
    expect(unsettled(moves, all(offered("a")), "ana")).toBe(moves);
    expect(unsettled(moves, all(active("a")), "ana").size).toBe(0);
  });

  test("when a colleague got the conversation meanwhile", () => {
    const moves = new Map([["a", pendingMove("accept", offered("a"), T0)]]);
    expect(unsettled(moves, all(), "ana").size).toBe(0);
  });

  test("when the same conversation is offered to me again after my reject", () => {
    const moves = new Map([["a", pendingMove("reject", offered("a", 1), T0)]]);
    expect(unsettled(moves, all(offered("a", 2)), "ana").size).toBe(0);
  });
});

test("a status is settled when it is there or stands as the one to come", () => {
  const busy = { status: "busy", when: "after_current" } as const;
  expect(statusSettled(busy, me())).toBe(false);
  expect(statusSettled(busy, me({ status_pending: "busy" }))).toBe(true);
  expect(statusSettled(busy, me({ status: "busy" }))).toBe(true);
});
