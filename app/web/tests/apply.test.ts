import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Conversation, LiveEvent, Me } from "../src/api/types";
import { apply } from "../src/live/apply";
import { EMPTY, type LiveState } from "../src/live/state";
import { agent, at, conversation, me } from "./samples";

type WithoutPlace<Event> = Event extends LiveEvent ? Omit<Event, "seq" | "at"> : never;

const event = (seq: string, rest: WithoutPlace<LiveEvent>): LiveEvent =>
  ({ seq, at: at(0), ...rest });

const snapshot = (seq: string, mine: Me, conversations: readonly Conversation[]): LiveEvent =>
  event(seq, { type: "snapshot", data: { me: mine, conversations, agents: [mine] } });

/** The live state in a form that compares by value, in any order of rows. */
const plain = ({ seq, me: mine, conversations, agents }: LiveState) => ({
  seq,
  me: mine,
  conversations: Object.fromEntries(conversations),
  agents: Object.fromEntries(agents),
});

describe("a snapshot", () => {
  test("replaces everything that was known", () => {
    const before = apply(EMPTY, snapshot("e-1", me(), [conversation("old")]));
    const after = apply(before, snapshot("f-1", me({ name: "Ana B" }), [conversation("new")]));
    expect([...after.conversations.keys()]).toEqual(["new"]);
    expect(after.me?.name).toBe("Ana B");
    expect(after.seq).toBe("f-1");
  });
});

describe("an event", () => {
  const start = apply(EMPTY, snapshot("e-1", me(), [conversation("a"), conversation("b")]));

  test("changes the conversation it names and no other", () => {
    const changed = conversation("a", { priority: 5 });
    const after = apply(start, event("e-2", { type: "conversation.changed", data: changed }));
    expect(after.conversations.get("a")).toEqual(changed);
    expect(after.conversations.get("b")).toBe(start.conversations.get("b"));
  });

  test("that comes twice changes nothing more", () => {
    const gone = event("e-2", { type: "conversation.removed", data: { id: "a" } });
    const once = apply(start, gone);
    expect(plain(apply(once, gone))).toEqual(plain(once));
  });

  test("of a closed conversation takes its row away", () => {
    const closed = conversation("a", { state: "closed" });
    const after = apply(start, event("e-2", { type: "conversation.changed", data: closed }));
    expect([...after.conversations.keys()]).toEqual(["b"]);
  });

  test("about me changes me; about a colleague it does not", () => {
    const mine = event("e-2", { type: "agent.changed", data: agent({ status: "busy" }) });
    const other = event("e-3", {
      type: "agent.changed",
      data: agent({ id: "ben", status: "offline" }),
    });
    const after = apply(apply(start, mine), other);
    expect(after.me?.status).toBe("busy");
    expect(after.me?.email).toBe("ana@example.com");
    expect(after.agents.get("ben")?.status).toBe("offline");
  });

  test("brings what was said, once", () => {
    const turn = { id: "t1", speaker: "AI", text: "Hello", at: at(1) };
    const said = event("e-2", {
      type: "transcript.added",
      data: { conversation_id: "a", turns: [turn] },
    });
    const after = apply(apply(start, said), said);
    expect(after.conversations.get("a")?.transcript).toEqual([turn]);
  });

  test("of a kind this page does not know only moves the place in the stream on", () => {
    const unknown = event("e-9", { type: "weather.changed" } as never);
    expect(apply(start, unknown)).toEqual({ ...start, seq: "e-9" });
  });
});

describe("apply(old snapshot, events) is a fresh snapshot", () => {
  const ids = fc.constantFrom("a", "b", "c", "d");
  const states = fc.constantFrom("queued", "offered", "active", "wrap_up", "closed" as const);
  const step = fc.oneof(
    fc.record({ kind: fc.constant("change" as const), id: ids, state: states, priority: fc.nat(10) }),
    fc.record({ kind: fc.constant("remove" as const), id: ids }),
    fc.record({
      kind: fc.constant("status" as const),
      status: fc.constantFrom("available", "busy", "offline" as const),
    }),
  );

  test("whatever happened in between", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const server = new Map<string, Conversation>([["a", conversation("a")]]);
        let mine = me();
        let page = apply(EMPTY, snapshot("e-0", mine, [...server.values()]));
        steps.forEach((each, index) => {
          const seq = `e-${index + 1}`;
          if (each.kind === "status") {
            mine = { ...mine, status: each.status };
            page = apply(page, event(seq, { type: "agent.changed", data: mine }));
          } else if (each.kind === "remove") {
            server.delete(each.id);
            page = apply(page, event(seq, { type: "conversation.removed", data: { id: each.id } }));
          } else {
            const { id, state, priority } = each;
            const changed = conversation(id, { state, priority });
            if (state === "closed") server.delete(id);
            else server.set(id, changed);
            page = apply(page, event(seq, { type: "conversation.changed", data: changed }));
          }
        });
        const fresh = apply(EMPTY, snapshot(`e-${steps.length}`, mine, [...server.values()]));
        expect(plain(page)).toEqual(plain(fresh));
      }),
    );
  });
});
