import { beforeEach, describe, expect, test } from "vitest";
import { Ledger } from "./ledger.ts";
import { lingering, type Reading } from "./moment.ts";
import { TaskHistory } from "./task-history.ts";

let ledger: Ledger;
let history: TaskHistory;

const reading = (sentAt: number): Reading => ({ sentAt, answeredAt: sentAt + 5, from: "http://a" });
const shown = (version: number, text: string) => ({ version, text, images: [] });
const succeeded = (version: number) => ({ status: "succeeded", version });

beforeEach(() => {
  ledger = new Ledger();
  history = new TaskHistory("p", "first", ledger);
  for (const text of ["a", "b"]) {
    history.begin(text);
    history.acknowledged(text, `task-${text}`, 10);
  }
});

const kinds = () => ledger.findings.map(({ kind }) => kind);

describe("what is right", () => {
  test("tasks take effect in any order, each at a version of its own", () => {
    history.read(shown(1, "first"), reading(20));
    history.read(shown(2, "b"), reading(30));
    history.readTask("a", { status: "running" }, reading(40));
    history.readTask("a", succeeded(3), reading(50));
    history.readTask("b", succeeded(2), reading(60));
    expect(history.unended).toEqual([]);
    history.conclude(shown(3, "a"), reading(70));
    expect(ledger.findings).toEqual([]);
    expect([ledger.acknowledged, ledger.checkedReads]).toEqual([{ delay: 2 }, 6]);
  });

  test("a task that was not answered may have been scheduled, and one that was refused was not", () => {
    history.begin("c");
    history.doubtful();
    history.begin("d");
    history.refused("d");
    history.read(shown(4, "c"), reading(30));
    expect(ledger.findings).toEqual([]);
    history.read(shown(5, "d"), reading(40));
    expect(kinds()).toEqual(["wrong-read"]);
  });
});

describe("what is wrong is found once, with the profile, the write and the read", () => {
  test("a double effect: the text of a task at a second version", () => {
    history.readTask("a", succeeded(2), reading(20));
    history.readTask("b", succeeded(3), reading(30));
    history.conclude(shown(4, "a"), reading(40));
    expect(ledger.findings).toEqual([
      {
        kind: "double-effect",
        profile: "p",
        write: 'task task-a with "a", acknowledged at 0.010 s',
        read: 'a read of http://a, sent at 0.040 s and answered at 0.045 s, showed version 4 with "a" and 0 images',
        times: 1,
      },
    ]);
  });

  test("a double effect that is found while tasks are under way is the same finding at the end", () => {
    history.readTask("a", succeeded(2), reading(20));
    history.read(shown(3, "a"), reading(25));
    history.readTask("b", succeeded(4), reading(30));
    history.conclude(shown(4, "b"), reading(40));
    expect(ledger.findings).toMatchObject([
      { kind: "double-effect", write: expect.stringContaining("task-a"), read: expect.stringContaining("version 3") },
    ]);
  });

  test("a double effect that nobody read: a version that is no task's", () => {
    history.readTask("a", succeeded(2), reading(20));
    history.readTask("b", succeeded(4), reading(30));
    history.conclude(shown(4, "b"), reading(40));
    expect(ledger.findings).toMatchObject([{ kind: "double-effect", write: "one of 2 tasks", times: 1 }]);
  });

  test("a lost effect: the profile is behind what a task says that it made of it", () => {
    history.readTask("a", succeeded(2), reading(20));
    history.readTask("b", succeeded(3), reading(30));
    history.conclude(shown(2, "a"), reading(40));
    expect(ledger.findings).toMatchObject([
      {
        kind: "lost-write",
        write: expect.stringContaining("task-b"),
        read: expect.stringContaining("version 2"),
        times: 1,
      },
    ]);
  });

  test("an acknowledged task that is not there, that fails, or that never ends", () => {
    history.begin("c");
    history.acknowledged("c", "task-c", 10);
    history.readTask("a", undefined, reading(20));
    history.readTask("b", { status: "failed" }, reading(20));
    expect(history.unended).toEqual([{ id: "task-c", text: "c" }]);
    history.conclude(shown(1, "first"), reading(30));
    expect(ledger.findings).toMatchObject([
      { kind: "lost-write", write: expect.stringContaining("task-a"), times: 1 },
      { kind: "unended-task", write: expect.stringContaining("task-b"), times: 1 },
      { kind: "unended-task", write: expect.stringContaining("task-c"), times: 1 },
    ]);
  });

  test("a task that is not there any more may have made a version that nobody read", () => {
    history.readTask("a", undefined, reading(20));
    history.readTask("b", succeeded(3), reading(20));
    history.conclude(shown(3, "b"), reading(30));
    expect(kinds()).toEqual(["lost-write"]);
  });

  test("a stale read: older than what a task has long made of it", () => {
    history.readTask("a", succeeded(2), reading(20));
    history.read(shown(1, "first"), reading(30));
    expect(ledger.findings).toEqual([]);
    history.read(shown(1, "first"), reading(25 + lingering));
    expect(ledger.findings).toMatchObject([{ kind: "stale-read", write: expect.stringContaining("task-a") }]);
  });

  test("a task that has succeeded, and is read to run afterwards", () => {
    history.readTask("a", succeeded(2), reading(20));
    history.readTask("a", { status: "running" }, reading(24));
    expect(ledger.findings).toEqual([]);
    history.readTask("a", { status: "running" }, reading(26));
    expect(kinds()).toEqual(["stale-read"]);
  });
});
