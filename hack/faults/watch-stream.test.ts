import { FakeClock } from "@profile-platform/operator/engine/testing/fake-clock";
import { beforeEach, describe, expect, test } from "vitest";
import { delayEvents, duplicateEvents, withholdBookmarks } from "./event-stage.ts";
import { changeEvents } from "./fault.ts";
import { RuleBook } from "./rule-book.ts";
import { parseHead } from "./seen-request.ts";
import { WatchStream } from "./watch-stream.ts";

let rules: RuleBook;
let clock: FakeClock;
let written: string;
let ends: string[];
let stream: WatchStream;

beforeEach(() => {
  rules = new RuleBook();
  clock = new FakeClock();
  written = "";
  ends = [];
  const head = parseHead({ method: "GET", url: "/api/v1/configmaps?watch=true", userAgent: "test" });
  stream = new WatchStream({
    request: { ...head, id: 1, body: "", write: undefined, at: 0 },
    rules,
    clock,
    sink: {
      write: (line) => {
        written += line.toString();
      },
      end: () => ends.push("end"),
      cut: () => ends.push("cut"),
    },
  });
});

const line = (type: string, name: string) => `${JSON.stringify({ type, object: { metadata: { name } } })}\n`;
const types = () =>
  written
    .split("\n")
    .filter(Boolean)
    .map((one) => (JSON.parse(one) as { type: string }).type);

describe("WatchStream", () => {
  test("passes lines on as they are, wherever the bytes are cut", () => {
    const text = `${line("ADDED", "ä")}${line("MODIFIED", "ö")}`;
    const bytes = Buffer.from(text);
    for (let i = 0; i < bytes.length; i += 7) stream.take(bytes.subarray(i, i + 7));
    expect(written).toBe(text);
  });

  test("obeys rules that came after it was opened, and lets them go", () => {
    const bookmarks = rules.add({ fault: changeEvents(withholdBookmarks) });
    const twice = rules.add({ fault: changeEvents(duplicateEvents()) });
    stream.take(Buffer.from(line("BOOKMARK", "") + line("ADDED", "a")));
    expect(types()).toEqual(["ADDED", "ADDED"]);
    expect([bookmarks.applied, twice.applied]).toEqual([1, 1]);
    bookmarks.remove();
    twice.remove();
    stream.take(Buffer.from(line("BOOKMARK", "") + line("ADDED", "a")));
    expect(types()).toEqual(["ADDED", "ADDED", "BOOKMARK", "ADDED"]);
  });

  test("sends what a rule held back before anything newer, when the rule is removed", () => {
    const late = rules.add({ fault: changeEvents(delayEvents(1000)) });
    rules.add({ fault: changeEvents(duplicateEvents()) });
    stream.take(Buffer.from(line("ADDED", "a")));
    expect(types()).toEqual([]);
    late.remove();
    stream.take(Buffer.from(line("MODIFIED", "a")));
    expect(types()).toEqual(["ADDED", "ADDED", "MODIFIED", "MODIFIED"]);
  });

  test("expires with an event, and is silent then", async () => {
    rules.add({ fault: changeEvents(delayEvents(10)) });
    stream.take(Buffer.from(line("ADDED", "a")));
    stream.expire();
    await clock.advance(100);
    stream.take(Buffer.from(line("ADDED", "b")));
    stream.end();
    expect(types()).toEqual(["ERROR"]);
    expect(JSON.parse(written)).toMatchObject({ object: { code: 410, reason: "Expired" } });
    expect(ends).toEqual(["end"]);
  });

  test("is cut once", () => {
    stream.cut();
    stream.end();
    expect(ends).toEqual(["cut"]);
  });
});
