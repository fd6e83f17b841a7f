// A mailbox's rules as text: what is read back is what was there.
import { describe, expect, it } from "vitest";
import { rulesOf, rulesText } from "../src/admin/mailboxes";

describe("the rules of a mailbox", () => {
  it("come back as they were, their own priority too", () => {
    const rules = [
      { sender: "@vip.example", subject: "", skills: ["Gold"], priority: 9 },
      { sender: "", subject: "refund|return", skills: ["Billing", "Spanish"], priority: null },
      { sender: "eva@example.com", subject: "", skills: [], priority: 0 },
    ];
    expect(rulesOf(rulesText(rules))).toEqual(rules);
  });

  it("are read with empty lines, spaces and parts left out", () => {
    expect(rulesOf("\n  @a.example  \n\n | hello =Billing(Priority 3)")).toEqual([
      { sender: "@a.example", subject: "", skills: [], priority: null },
      { sender: "", subject: "hello", skills: ["Billing"], priority: 3 },
    ]);
  });
});
