import { describe, expect, it } from "vitest";
import { decide, next, OFF, type PhoneEvent, type PhoneState, type Seen } from "../src/phone/state";

const DOWN: Seen = {
  audio: "web",
  kind: "persistent",
  leg: "disconnected",
  dialling: false,
  talking: false,
};
const STANDS: Seen = { ...DOWN, leg: "connected" };
const PER_CALL: Seen = { ...DOWN, kind: "per_call", leg: "connected" };

const wish = (on: boolean): PhoneEvent => ({ of: "wish", on });
const tab = (name: "take" | "taken" | "occupied" | "free"): PhoneEvent => ({ of: "tab", name });
const line = (name: "open" | "registered" | "down" | "close"): PhoneEvent => ({ of: "line", name });
const call = (name: "rings" | "answer" | "up" | "ended"): PhoneEvent => ({ of: "call", name });
const seen = (what: Seen): PhoneEvent => ({ of: "seen", seen: what });

const after = (...events: PhoneEvent[]): PhoneState => events.reduce(next, OFF);
const HERE = [wish(true), tab("take"), tab("taken")] as const;
const OPEN = [...HERE, line("open"), line("registered")] as const;
const UP = [...OPEN, call("rings"), call("answer"), call("up")] as const;

describe("connecting", () => {
  it("takes the phone, opens the line, asks for the leg and answers it: one step at a time", () => {
    expect(decide(OFF, DOWN)).toBeNull();
    expect(decide(after(wish(true)), DOWN)).toBe("take");
    expect(decide(after(wish(true), tab("take")), DOWN)).toBeNull();
    expect(decide(after(...HERE), DOWN)).toBe("open");
    expect(decide(after(...HERE, line("open")), DOWN)).toBeNull();
    expect(decide(after(...OPEN), DOWN)).toBe("connectLeg");
    expect(decide(after(...OPEN), { ...DOWN, dialling: true })).toBeNull();
    expect(decide(after(...OPEN, call("rings")), DOWN)).toBe("answer");
    expect(decide(after(...OPEN, call("rings"), call("answer")), DOWN)).toBeNull();
    expect(decide(after(...UP), STANDS)).toBeNull();
  });

  it("asks for the leg although another phone is connected: this one replaces it", () => {
    expect(decide(after(...OPEN), { ...STANDS, audio: "number" })).toBe("connectLeg");
  });

  it("waits where nobody has said yet how the leg is", () => {
    expect(decide(after(...OPEN), null)).toBeNull();
  });
});

describe("one tab has the phone", () => {
  it("leaves it to another tab that took it, and does not take it back", () => {
    const state = after(...UP, tab("occupied"));
    expect(state).toMatchObject({ tab: "elsewhere", wanted: false });
    expect(decide(state, STANDS)).toBe("close");
    expect(decide(next(state, line("close")), DOWN)).toBeNull();
  });

  it("takes it back when the agent asks for it", () => {
    const state = after(...HERE, tab("occupied"), wish(true));
    expect(decide(state, DOWN)).toBe("take");
  });

  it("lets go of it when the agent does not want it any more", () => {
    const state = after(...HERE, wish(false));
    expect(decide(state, DOWN)).toBe("close");
    expect(decide(next(state, tab("free")), DOWN)).toBeNull();
  });

  it("does not come by itself when the other tab is closed", () => {
    expect(decide(after(tab("occupied"), tab("free")), DOWN)).toBeNull();
  });
});

describe("loss and return", () => {
  it("keeps the call while the connection comes back", () => {
    const broken = after(...UP, seen(STANDS), line("down"));
    expect(broken).toMatchObject({ line: "broken", call: "up" });
    expect(decide(broken, STANDS)).toBeNull();
    expect(decide(next(broken, line("registered")), STANDS)).toBeNull();
  });

  it("ends the call here when the service says that the leg is gone: its BYE may be lost", () => {
    const state = after(...UP, seen(STANDS));
    expect(decide(state, DOWN)).toBe("hangUp");
    expect(decide(next(state, call("ended")), DOWN)).toBe("connectLeg");
  });

  it("does not end a call that the service has not shown yet", () => {
    expect(decide(after(...UP), DOWN)).toBeNull();
  });

  it("begins with nothing once the line was closed", () => {
    expect(after(...UP, seen(STANDS), line("close"))).toMatchObject({ call: "none", served: false });
  });
});

describe("a phone that is rung for each call", () => {
  it("rings until the agent answers", () => {
    expect(decide(after(...OPEN, call("rings")), PER_CALL)).toBeNull();
    expect(after(...OPEN, call("rings"), call("answer")).call).toBe("answering");
  });

  it("answers by itself when it is rung again for the talk that lost it", () => {
    expect(decide(after(...OPEN, call("rings")), { ...PER_CALL, talking: true })).toBe("answer");
  });

  it("ends with the talk", () => {
    const state = after(...UP, seen({ ...PER_CALL, talking: true }));
    expect(decide(state, { ...PER_CALL, talking: true })).toBeNull();
    expect(decide(state, PER_CALL)).toBe("hangUp");
  });

  it("is only to be in reach between calls", () => {
    expect(decide(after(...OPEN), PER_CALL)).toBeNull();
    expect(decide(after(...OPEN), { ...PER_CALL, leg: "disconnected" })).toBe("connectLeg");
  });
});

describe("late events and problems", () => {
  it("changes nothing on what the tables do not allow", () => {
    expect(next(OFF, call("up"))).toEqual(OFF);
    expect(next(OFF, line("down"))).toEqual(OFF);
    expect(next(OFF, tab("taken"))).toEqual(OFF);
  });

  it("does nothing by itself while there is no microphone, until the agent tries again", () => {
    const state = after(...HERE, { of: "problem", problem: "denied" });
    expect(decide(state, DOWN)).toBeNull();
    expect(decide(next(state, wish(true)), DOWN)).toBe("open");
  });

  it("goes on where only the sound is held back", () => {
    const state = after(...OPEN, { of: "problem", problem: "blocked" });
    expect(decide(state, DOWN)).toBe("connectLeg");
  });
});
