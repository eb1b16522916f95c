import { expect, test } from "vitest";
import { formatLine, prefix } from "./log-line.ts";

test("a record of a log reads as a sentence with what belongs to it", () => {
  const record = {
    level: "info",
    time: "2026-11-29T09:12:01.123Z",
    service: "server",
    pending: ["0001-profiles"],
    port: 8080,
    path: "/ws",
    msg: "listening",
  };
  expect(formatLine(JSON.stringify(record))).toBe(
    '09:12:01.123 info  listening pending=["0001-profiles"] port=8080 path=/ws',
  );
});

test("an error stands below, with its stack and its causes", () => {
  const err = {
    type: "Error",
    message: "no",
    stack: "Error: no\n    at here",
    cause: { type: "Error", message: "away" },
  };
  expect(formatLine(JSON.stringify({ level: "error", msg: "failed", err })).split("\n")).toEqual([
    "error failed",
    "  Error: no",
    "      at here",
    "  away",
  ]);
});

test.each(["", "Error: no", '{"a": 1}', "{ not JSON", '{"level": "info"}'])(
  "anything else stays as it is: %j",
  (line) => {
    expect(formatLine(line)).toBe(line);
  },
);

test("names are as wide as one another", () => {
  expect(["server", "postgresql", "dev"].map(prefix)).toEqual(["server     | ", "postgresql | ", "dev        | "]);
});
