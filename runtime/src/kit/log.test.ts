import { beforeEach, expect, test } from "vitest";
import { OperatorError, reasonOf } from "./errors.ts";
import { createLogger, type Logger, serializeError } from "./log.ts";

let lines: string[];
let log: Logger;

beforeEach(() => {
  lines = [];
  log = createLogger("server", "info", { write: (line) => lines.push(line) });
});

function last(): Record<string, unknown> {
  return JSON.parse(lines.at(-1) ?? "{}") as Record<string, unknown>;
}

test("a line is JSON with level, time, service and message", () => {
  log.info({ port: 8080 }, "listening");
  expect(last()).toMatchObject({ level: "info", service: "server", port: 8080, msg: "listening" });
  expect(String(last()["time"])).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
});

test("secrets are redacted wherever they are put", () => {
  log.info(
    { password: "hunter2", redis: { password: "hunter2" }, headers: { request: { authorization: "hunter2" } } },
    "x",
  );
  log.info({ DB_PASSWORD: "hunter2", QUEUE_URI: "amqp://u:hunter2@h/" }, "x");
  expect(lines.join("")).not.toContain("hunter2");
});

test("of an error only what is safe is kept: no command of Redis, no row of PostgreSQL, no password of a URI", () => {
  const reply = Object.assign(new Error("WRONGPASS"), { command: { name: "auth", args: ["hunter2"] } });
  const row = Object.assign(new Error("duplicate key"), { code: "23505", detail: "Key (email)=(hunter2) exists" });
  const uri = new Error("cannot parse amqp://user:hunter2@host:5672/");
  for (const err of [reply, row, uri, new Error("outer", { cause: uri })]) log.error({ err }, "failed");
  expect(lines.join("")).not.toContain("hunter2");
  expect(lines.join("")).toContain("amqp://***@host:5672/");
});

test("causes are kept, to a depth", () => {
  const inner = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  const outer = new OperatorError("while connecting", { cause: inner });
  expect(serializeError(outer)).toMatchObject({
    type: "OperatorError",
    message: "while connecting",
    cause: { type: "Error", code: "ECONNREFUSED" },
  });
  expect(reasonOf(outer)).toBe("while connecting: connect ECONNREFUSED");
  const loop = new Error("loop");
  loop.cause = loop;
  expect(JSON.stringify(serializeError(loop)).length).toBeLessThan(5_000);
});

test("what is thrown need not be an error", () => {
  expect(serializeError("text")).toEqual({ type: "string", message: '"text"' });
  expect(serializeError(undefined)).toEqual({ type: "undefined", message: "undefined" });
});
