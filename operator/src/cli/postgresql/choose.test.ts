import { describe, expect, test } from "vitest";
import { UsageError } from "../../errors.ts";
import { chooseCopy, chooseRestarts, chooseSuccession, chooseSuccessor } from "./choose.ts";
import { primary, replica } from "./testing.ts";

const WHOLE = [primary("a"), replica("b", { lag: 2 }), replica("c", { lag: 1 })];
const STOPPED = primary("a", { state: "stopped" });

describe("a switchover", () => {
  test("leads to whom is named, or to the replica that has least to catch up with", () => {
    expect(chooseSuccession(WHOLE, "b").candidate.name).toBe("b");
    expect(chooseSuccession(WHOLE, undefined)).toMatchObject({ primary: { name: "a" }, candidate: { name: "c" } });
  });

  test("never leads to a replica that commits do not wait for while there are others that they wait for", () => {
    const members = [primary("a"), replica("b", { isSynchronous: false }), replica("c", { lag: 9 })];
    expect(chooseSuccession(members, undefined).candidate.name).toBe("c");
    const asynchronous = members.map((member) => ({ ...member, isSynchronous: false }));
    expect(chooseSuccession(asynchronous, undefined).candidate.name).toBe("b");
  });

  test.each([
    ["nobody is the primary", [STOPPED, replica("b")], undefined, "PostgreSQL has no primary that runs"],
    ["there is one instance", [primary("a")], undefined, "set spec.postgresql.instances to 3"],
    ["nobody has that name", WHOLE, "d", 'There is no instance "d"; there is a, b, c.'],
    ["it is the primary", WHOLE, "a", "a is the primary already."],
    ["it does not stream", [primary("a"), replica("b", { state: "starting" }), replica("c")], "b", 'b is "starting"'],
    ["it may lack something", [primary("a"), replica("b", { isSynchronous: false }), replica("c")], "b", "(c)"],
    ["it is far behind", [primary("a"), replica("b", { lag: 65 })], "b", "b is behind by 65 MB of the log"],
    ["nobody knows how far it is", [primary("a"), replica("b", { lag: undefined })], "b", "an unknown length"],
    [
      "no replica streams",
      [primary("a"), replica("b", { state: "stopped" })],
      undefined,
      "a is running, primary; b is",
    ],
  ])("is refused where %s", (_what, members, to, sentence) => {
    const choose = () => chooseSuccession(members, to);
    expect(choose).toThrow(UsageError);
    expect(choose).toThrow(sentence);
  });
});

describe("a failover", () => {
  test("leads to a replica that has what was acknowledged, or to one whose loss is accepted", () => {
    expect(chooseSuccessor([STOPPED, replica("b")], "b", false).name).toBe("b");
    const lacking = [STOPPED, replica("b", { isSynchronous: false, state: "running" })];
    expect(chooseSuccessor(lacking, "b", true).name).toBe("b");
  });

  test.each([
    ["there is a primary", WHOLE, "b", true, "a is the primary and runs: profileplatform switchover"],
    ["nobody has that name", [STOPPED], "d", true, 'There is no instance "d"; there is a.'],
    [
      "it does not run",
      [STOPPED, replica("b", { state: "stopped" })],
      "b",
      true,
      'b is "stopped" and cannot take over',
    ],
    [
      "another one has what was acknowledged",
      [STOPPED, replica("b", { isSynchronous: false }), replica("c")],
      "b",
      false,
      "Only c is known to have all that was acknowledged",
    ],
    [
      "nobody knows who has it",
      [STOPPED, replica("b", { isSynchronous: false })],
      "b",
      false,
      "add --accept-data-loss",
    ],
  ])("is refused where %s", (_what, members, to, accepts, sentence) => {
    expect(() => chooseSuccessor(members, to, accepts)).toThrow(sentence);
  });
});

describe("a new copy", () => {
  test("is made of a replica while another one streams, and of one that is of no use anyway", () => {
    expect(chooseCopy(WHOLE, "b").name).toBe("b");
    expect(chooseCopy([primary("a"), replica("b", { state: "start failed" })], "b").name).toBe("b");
  });

  test.each([
    ["it is the primary", WHOLE, "a", "a is the primary"],
    ["it has the lock, whatever its state", [STOPPED, replica("b")], "a", "a is the primary"],
    ["there is nobody to copy from", [STOPPED, replica("b")], "b", "b keeps its data"],
    ["it is the only one that streams", [primary("a"), replica("b")], "b", "b is the only replica that streams"],
  ])("is refused where %s", (_what, members, name, sentence) => {
    expect(() => chooseCopy(members, name)).toThrow(sentence);
  });
});

describe("a restart", () => {
  const names = (...args: Parameters<typeof chooseRestarts>) => chooseRestarts(...args).map(({ name }) => name);
  const all = { name: undefined, pending: false };

  test("takes replicas first and the primary last, or the one that is named", () => {
    expect(names(WHOLE, all)).toEqual(["b", "c", "a"]);
    expect(names(WHOLE, { ...all, name: "c" })).toEqual(["c"]);
    expect(names([primary("a")], { ...all, name: "a" })).toEqual(["a"]);
  });

  test("takes those alone whose settings wait for it", () => {
    const members = [primary("a", { isRestartPending: true }), replica("b"), replica("c", { isRestartPending: true })];
    expect(names(members, { name: undefined, pending: true })).toEqual(["c", "a"]);
    expect(names(WHOLE, { name: undefined, pending: true })).toEqual([]);
  });

  test.each([
    ["it is a primary that could hand over", WHOLE, { ...all, name: "a" }, "Leave --instance out"],
    ["a replica is down", [primary("a"), replica("b"), replica("c", { state: "stopped" })], all, "c is stopped"],
    ["there is no primary", [STOPPED, replica("b")], all, "Not all instances run"],
    ["nobody has that name", WHOLE, { ...all, name: "d" }, 'There is no instance "d"'],
  ])("is refused where %s", (_what, members, choice, sentence) => {
    expect(() => chooseRestarts(members, choice)).toThrow(sentence);
  });
});
