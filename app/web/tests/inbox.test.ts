import { describe, expect, test } from "vitest";
import type { Conversation } from "../src/api/types";
import { actOf, digitOf, type KeyPress } from "../src/inbox/keys";
import { sections, shown } from "../src/inbox/sections";
import { active, at, conversation, me, offered, wrappingUp } from "./samples";

const all = (...list: readonly Conversation[]) => new Map(list.map((each) => [each.id, each]));
const ids = (list: readonly Conversation[]) => list.map((each) => each.id);

describe("the list", () => {
  test("puts each conversation in its section", () => {
    const found = sections(
      all(conversation("w"), offered("o"), active("m"), wrappingUp("u")),
      me(),
    );
    expect(ids(found.offered)).toEqual(["o"]);
    expect(ids(found.mine)).toEqual(["m"]);
    expect(ids(found.wrapUps)).toEqual(["u"]);
    expect(ids(found.waiting)).toEqual(["w"]);
  });

  test("orders what waits as it will be served: age, and priority as a head start", () => {
    const found = sections(
      all(
        conversation("young", { queued_at: at(30) }),
        conversation("old", { queued_at: at(0) }),
        conversation("urgent", { queued_at: at(50), priority: 1 }),
      ),
      me(),
    );
    expect(ids(found.waiting)).toEqual(["urgent", "old", "young"]);
  });

  test("leaves out what waits for other skills or for another agent", () => {
    const found = sections(
      all(
        conversation("spanish", { skills: ["Billing", "Spanish"] }),
        conversation("ben's", { routed_to: { id: "ben", name: "Ben" } }),
        conversation("for me", { routed_to: { id: "ana", name: "Ana" }, skills: ["Spanish"] }),
      ),
      me(),
    );
    expect(ids(found.waiting)).toEqual(["for me"]);
  });

  test("does not show a colleague's offer as mine", () => {
    const theirs = offered("o");
    const offer = theirs.offer && { ...theirs.offer, agent: { id: "ben", name: "Ben" } };
    expect(sections(all({ ...theirs, offer }), me()).offered).toEqual([]);
  });
});

describe("the panel", () => {
  test("keeps the chosen conversation while it lasts, then shows my own", () => {
    const everything = all(conversation("w"), active("m"), offered("o"));
    const found = sections(everything, me());
    expect(shown("w", everything, found)?.id).toBe("w");
    expect(shown("gone", everything, found)?.id).toBe("m");
    expect(shown(null, all(), sections(all(), me()))).toBeUndefined();
  });
});

describe("keys", () => {
  const press = (key: string, change: Partial<KeyPress> = {}): KeyPress => ({
    key,
    ctrl: false,
    alt: false,
    repeat: false,
    typing: false,
    ...change,
  });

  test("act by themselves, in either case", () => {
    expect(actOf(press("a"), true)).toBe("accept");
    expect(actOf(press("R"), true)).toBe("reject");
    expect(actOf(press("?"), true)).toBe("help");
  });

  test("have one each for the tools of a call", () => {
    expect(["m", "h", "k", "t"].map((key) => actOf(press(key), true))).toEqual([
      "mute",
      "hold",
      "keypad",
      "transfer",
    ]);
  });

  test("with the keypad open are digits, except while typing", () => {
    expect(["0", "9", "*", "#"].map((key) => digitOf(press(key)))).toEqual(["0", "9", "*", "#"]);
    expect(digitOf(press("5", { typing: true }))).toBeNull();
    expect(digitOf(press("5", { ctrl: true }))).toBeNull();
    expect(digitOf(press("a"))).toBeNull();
  });

  test("never act while typing, held down, or switched off", () => {
    expect(actOf(press("a", { typing: true }), true)).toBeNull();
    expect(actOf(press("a", { repeat: true }), true)).toBeNull();
    expect(actOf(press("a"), false)).toBeNull();
  });

  test("that cut need a modifier, and leave the browser's own alone", () => {
    expect(actOf(press("e"), true)).toBeNull();
    expect(actOf(press("e", { ctrl: true }), false)).toBe("end");
    expect(actOf(press("a", { ctrl: true }), true)).toBeNull();
    expect(actOf(press("Enter", { ctrl: true, typing: true }), true)).toBe("closeWrapUp");
  });
});
