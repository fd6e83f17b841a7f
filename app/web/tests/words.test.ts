import { describe, expect, test } from "vitest";
import { Problem, Unreachable } from "../src/api/client";
import type { ProblemDocument } from "../src/api/types";
import { delayAfter } from "../src/live/backoff";
import { ServerClock } from "../src/live/clock";
import { moveSentence, nameOf, problemSentence, whyLines } from "../src/strings";
import { clockOf, roughly } from "../src/time";
import { conversation, T0 } from "./samples";

test("durations fit a row", () => {
  expect(clockOf(41_900)).toBe("0:41");
  expect(clockOf(725_000)).toBe("12:05");
  expect(clockOf(3_753_000)).toBe("1:02:33");
  expect(clockOf(-5)).toBe("0:00");
  expect(roughly(12_000)).toBe("12 s");
  expect(roughly(240_000)).toBe("4 min");
});

test("the server's clock is told from the quickest event since the start", () => {
  const clock = new ServerClock();
  clock.observe(T0, T0 + 5_080);
  clock.observe(T0 + 1_000, T0 + 6_020);
  clock.observe(T0 + 2_000, T0 + 7_300);
  expect(clock.at(T0 + 5_020)).toBe(T0);
  clock.restart();
  expect(clock.at(T0)).toBe(T0);
});

test("the line is tried again ever more slowly, and never gives up", () => {
  expect(delayAfter(1, 1)).toBe(250);
  expect(delayAfter(4, 1)).toBe(2_000);
  expect(delayAfter(60, 1)).toBe(10_000);
  expect(delayAfter(60, 0)).toBe(5_000);
});

describe("problems are sentences", () => {
  const problem = (kind: string, rest: Partial<ProblemDocument> = {}): Problem => {
    const type = `urn:ringdesk:problem:${kind}` as ProblemDocument["type"];
    return new Problem(409, { type, title: "", status: 409, detail: "as the service said", ...rest });
  };

  test("of the kinds that are known", () => {
    expect(moveSentence(problem("wrong-state"))).toMatch(/no longer possible/);
    expect(problemSentence(problem("leg-not-answered"))).toBe("Answer your phone first.");
  });

  test("that name the field", () => {
    const errors = [{ field: "phone_number", detail: "must be a telephone number" }];
    expect(problemSentence(problem("validation", { errors }))).toBe(
      "Phone number: must be a telephone number.",
    );
  });

  test("in the service's own words otherwise", () => {
    expect(problemSentence(problem("unknown-skill"))).toBe("As the service said.");
    expect(problemSentence(new Unreachable("x"))).toMatch(/did not answer/);
  });
});

test("a customer is called by name, else by number", () => {
  expect(nameOf(conversation("a"))).toBe("+15550122");
  const customer = { name: "Maria Lopez", number: "+1", email: null };
  expect(nameOf(conversation("a", { customer }))).toBe("Maria Lopez");
});

test("why it came to me is told in words", () => {
  const why = { how: "offered", requirement: [], idle_ms: 240_000, eligible: [] };
  expect(whyLines(why, ["Billing", "Spanish"])).toEqual([
    "You have Billing and Spanish.",
    "You had been free longest: 4 min.",
  ]);
  expect(whyLines({ ...why, how: "agent" }, [])).toEqual(["It was routed to you."]);
});
