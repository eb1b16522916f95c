import { beforeEach, describe, expect, test } from "vitest";
import { describeFinding } from "./finding.ts";
import { Ledger } from "./ledger.ts";
import { lingering, type Reading } from "./moment.ts";
import { ProfileHistory } from "./profile-history.ts";

let ledger: Ledger;
let history: ProfileHistory;

/** A read that is sent at one moment and answered 5 ms later. */
const reading = (sentAt: number): Reading => ({ sentAt, answeredAt: sentAt + 5, from: "http://a" });
const shown = (version: number, text: string, ...images: readonly string[]) => ({ version, text, images });

beforeEach(() => {
  ledger = new Ledger();
  history = new ProfileHistory({ id: "p", text: "first", sentAt: 0, acknowledgedAt: 10 }, ledger);
});

/** An update that is acknowledged 10 ms after it was sent. */
function update(text: string, sentAt: number): void {
  const write = history.beginUpdate(text, sentAt);
  history.acknowledged(write, shown(write.base + 1, text), sentAt + 10);
}

describe("what is right", () => {
  test("reads may show any state between the newest acknowledged when they were sent, and what is under way", () => {
    history.read(shown(1, "first"), reading(20));
    const write = history.beginUpdate("second", 30);
    history.read(shown(1, "first"), reading(31));
    history.read(shown(2, "second"), reading(31));
    history.acknowledged(write, shown(2, "second"), 40);
    // It was sent before the acknowledgement.
    history.read(shown(1, "first"), reading(39));
    history.read(shown(2, "second"), reading(40));
    expect(ledger.findings).toEqual([]);
    expect([ledger.checkedReads, ledger.acknowledged]).toEqual([5, { create: 1, update: 1 }]);
  });

  test("a write that was not answered may have happened or not, until something settles it", () => {
    history.beginUpdate("doubtful", 20);
    history.doubtful();
    history.read(shown(1, "first"), reading(30));
    history.beginUpdate("doubtful as well", 40);
    history.doubtful();
    history.read(shown(2, "doubtful"), reading(50));
    // Copies of what was before may linger, for nobody was promised anything.
    history.read(shown(1, "first"), reading(51));
    expect(history.current).toEqual(shown(2, "doubtful"));
    update("third", 60);
    history.read(shown(3, "third"), reading(70));
    expect([ledger.findings, ledger.doubtfulWrites]).toEqual([[], 2]);
  });

  test("a refusal is right when a write that was not answered has happened after all", () => {
    history.beginUpdate("doubtful", 20);
    const next = history.beginUpdate("next", 30);
    expect(history.conflicted(next, 412, reading(30))).toBe(true);
    history.beginDelete(40);
    const last = history.beginUpdate("last", 50);
    expect(history.conflicted(last, 404, reading(50))).toBe(true);
    history.read("gone", reading(60));
    expect([history.current, ledger.findings]).toEqual(["gone", []]);
  });

  test("an image is known by the first answer that tells its hash, and stays", () => {
    history.beginUpload(20);
    history.read(shown(2, "first", "hash"), reading(30));
    const write = history.beginUpdate("second", 40);
    history.acknowledged(write, shown(3, "second", "hash"), 50);
    expect([history.current, ledger.findings]).toEqual([shown(3, "second", "hash"), []]);
  });

  test("of two deletions or uploads, a read does not tell which one has happened", () => {
    history.beginUpload(20);
    const upload = history.beginUpload(30);
    history.read(shown(2, "first", "hash"), reading(35));
    history.acknowledged(upload, shown(2, "first", "hash"), 50);
    history.beginDelete(60);
    const deletion = history.beginDelete(70);
    history.read("gone", reading(75));
    history.acknowledged(deletion, "gone", 90);
    history.read("gone", reading(100), true);
    expect(ledger.findings).toEqual([]);
    history.read(shown(2, "first", "hash"), reading(110));
    expect(ledger.findings).toMatchObject([
      { kind: "stale-read", write: "delete at version 2, sent at 0.070 s, acknowledged at 0.090 s" },
    ]);
  });

  test("a write that somebody read before it was acknowledged counts from its acknowledgement", () => {
    const write = history.beginUpload(20);
    history.read(shown(2, "first", "hash"), reading(25));
    history.acknowledged(write, shown(2, "first", "hash"), 40);
    history.read(shown(2, "first", "hash"), reading(41));
    expect(ledger.findings).toEqual([]);
    history.read(shown(1, "first"), reading(42));
    expect(ledger.findings.map(({ kind }) => kind)).toEqual(["stale-read"]);
  });
});

describe("what is wrong is found once, with the profile, the write and the read", () => {
  test("a lost write, by the reading at the end", () => {
    update("second", 20);
    history.read(shown(1, "first"), reading(1000), true);
    expect(ledger.findings).toEqual([
      {
        kind: "lost-write",
        profile: "p",
        write: 'update to version 2 with "second", sent at 0.020 s, acknowledged at 0.030 s',
        read: 'a read of http://a, sent at 1.000 s and answered at 1.005 s, showed version 1 with "first" and 0 images',
        times: 1,
      },
    ]);
  });

  test("a lost write, by the refusal of the next one", () => {
    update("second", 20);
    const next = history.beginUpdate("third", 40);
    expect(history.conflicted(next, 412, { answeredAt: 45, from: "http://a" })).toBe(false);
    expect(ledger.findings.map(describeFinding)).toEqual([
      "lost-write: profile p: " +
        'update to version 2 with "second", sent at 0.020 s, acknowledged at 0.030 s; ' +
        'update to version 3 with "third", sent at 0.040 s was refused at 0.045 s by http://a with 412',
    ]);
  });

  test("a lost write, by another one that takes its place", () => {
    const doubtful = history.beginUpdate("doubtful", 20);
    history.read(shown(2, "doubtful"), reading(30));
    history.acknowledged(doubtful, shown(2, "doubtful"), 40);
    const late = { ...doubtful, leaves: shown(2, "other") };
    history.acknowledged(late, shown(2, "other"), 50);
    expect(ledger.findings).toMatchObject([{ kind: "lost-write", write: expect.stringContaining('"doubtful"') }]);
  });

  test("a stale read, however often", () => {
    update("second", 20);
    history.read(shown(2, "second"), reading(31));
    history.read(shown(1, "first"), reading(32));
    history.read(shown(1, "first"), reading(33));
    history.read(shown(2, "second"), reading(34), true);
    expect(ledger.findings).toMatchObject([
      {
        kind: "stale-read",
        profile: "p",
        write: expect.stringContaining('update to version 2 with "second"'),
        read: expect.stringContaining('sent at 0.032 s and answered at 0.037 s, showed version 1 with "first"'),
        times: 2,
      },
    ]);
    expect(ledger.times("stale-read", "wrong-read")).toBe(2);
  });

  test("a read of a profile that was deleted, and of one that was not", () => {
    const deletion = history.beginDelete(20);
    history.acknowledged(deletion, "gone", 30);
    history.read(shown(1, "first"), reading(29));
    expect(ledger.findings).toEqual([]);
    history.read(shown(1, "first"), reading(31));
    const other = new ProfileHistory({ id: "q", text: "first", sentAt: 0, acknowledgedAt: 10 }, ledger);
    other.read("gone", reading(20));
    expect(ledger.findings).toMatchObject([
      { kind: "stale-read", profile: "p", write: expect.stringMatching(/^delete at version 1/) },
      { kind: "stale-read", profile: "q", write: expect.stringMatching(/^create/) },
    ]);
  });

  test("a double effect: a version more than was written", () => {
    update("second", 20);
    history.read(shown(3, "second"), reading(40));
    expect(ledger.findings).toMatchObject([
      {
        kind: "double-effect",
        profile: "p",
        write: expect.stringContaining('update to version 2 with "second"'),
        read: expect.stringContaining("version 3"),
        times: 1,
      },
    ]);
  });

  test("an answer to a write that leaves out an image", () => {
    history.acknowledged(history.beginUpload(20), shown(2, "first", "hash"), 30);
    history.acknowledged(history.beginUpdate("second", 40), shown(3, "second"), 50);
    expect(ledger.findings).toMatchObject([
      { kind: "wrong-answer", write: expect.stringContaining('"second"'), read: expect.stringContaining("0 images") },
    ]);
  });

  test("contents that nobody wrote at that version", () => {
    update("second", 20);
    history.read(shown(2, "first"), reading(40));
    history.read(shown(2, "second", "hash"), reading(41));
    expect(ledger.findings).toMatchObject([{ kind: "wrong-read", times: 2 }]);
  });

  test("a write without an acknowledgement that was read, and later is not there", () => {
    history.beginUpdate("doubtful", 20);
    history.read(shown(2, "doubtful"), reading(30));
    history.read(shown(1, "first"), reading(35 + lingering));
    expect(ledger.findings).toMatchObject([
      { kind: "stale-read", write: expect.stringMatching(/never acknowledged$/) },
    ]);
  });
});
