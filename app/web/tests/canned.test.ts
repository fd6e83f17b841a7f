// Canned replies: what is found, and what stands in the place of their variables.
import { describe, expect, it } from "vitest";
import { fill, found, lineAt, MOST_SHOWN, wantedOf } from "../src/live/canned";
import { conversation } from "./samples";

const reply = (name: string, text = "text", skills: string[] = []) => ({ id: name, name, text, skills });
const me = { name: "Ana" };

describe("a canned reply", () => {
  it("is looked for by what follows a slash at the beginning of one line", () => {
    expect(wantedOf("/")).toBe("");
    expect(wantedOf("/ref und")).toBe("ref und");
    for (const other of ["", "a/", "5/6", "/a\nb"]) expect(wantedOf(other)).toBeNull();
  });

  it("may be looked for on any line of an email: the one with the caret", () => {
    const text = "\nDear Maria,\n/ref\n\nYours";
    const lines = [0, 1, 12, 13, 17, 18, text.length].map((caret) => lineAt(text, caret));
    expect(lines.map((line) => line.text)).toEqual(["", "Dear Maria,", "Dear Maria,", "/ref", "/ref", "", "Yours"]);
    for (const { start, end, text: said } of lines) expect(text.slice(start, end)).toBe(said);
  });

  it("is found by every word in its name or text, accents aside; names that begin so first", () => {
    const all = [reply("Abschied", "Grüße"), reply("Das Geld", "zurück"), reply("Geld")];
    expect(found(all, "geld", []).map(({ name }) => name)).toEqual(["Geld", "Das Geld"]);
    expect(found(all, "GELD zuruck", []).map(({ name }) => name)).toEqual(["Das Geld"]);
    expect(found(all, "nothing", [])).toEqual([]);
  });

  it("for a skill is offered where the conversation asks for it", () => {
    const all = [reply("all"), reply("bill", "text", ["Billing", "Refunds"])];
    expect(found(all, "", ["Spanish"]).map(({ name }) => name)).toEqual(["all"]);
    expect(found(all, "", ["Refunds"])).toHaveLength(2);
  });

  it("is one of so many at once", () => {
    const many = Array.from({ length: MOST_SHOWN + 1 }, (_, n) => reply(`r${n}`));
    expect(found(many, "", [])).toHaveLength(MOST_SHOWN);
  });

  it("takes what is known, what stands after the bar, and marks what is open", () => {
    const of = conversation("c1", {
      customer: { name: "Maria", number: null, email: null },
      parameters: { order: 48213, evil: "{{agent}}" },
      skills: ["Billing"],
    });
    expect(fill("{{customer}}: {{order}} {{ skill }} {{number|none}}, {{agent}}", of, me)).toEqual({
      text: "Maria: 48213 Billing none, Ana",
      open: null,
    });
    expect(fill("To {{email}}!", of, me)).toEqual({ text: "To {{email}}!", open: [3, 12] });
    expect(fill("{{toString}} {{evil}}", of, me).text).toBe("{{toString}} {{agent}}");
  });
});
