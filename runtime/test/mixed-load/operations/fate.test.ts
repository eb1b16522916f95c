import { expect, test } from "vitest";
import type { Reply } from "../connections.ts";
import { fateOf } from "./fate.ts";

const reply = (status: number | undefined, problem?: string): Reply => ({
  status,
  body: problem === undefined ? undefined : { type: `urn:profile-platform:problem:${problem}` },
  length: 0,
  sentAt: 0,
  answeredAt: 1,
  from: "http://a",
});

test("what an answer tells of a write", () => {
  expect(fateOf(reply(201), 201)).toBe("done");
  expect(fateOf(reply(undefined), 201)).toBe("doubtful");
  expect(fateOf(reply(500), 201)).toBe("doubtful");
  expect(fateOf(reply(503, "unavailable"), 201)).toBe("doubtful");
  expect(fateOf(reply(409, "request-in-progress"), 201)).toBe("doubtful");
  expect(fateOf(reply(409, "email-taken"), 201)).toBe("refused");
  expect(fateOf(reply(412, "version-mismatch"), 200)).toBe("conflict");
  expect(fateOf(reply(404, "not-found"), 200)).toBe("conflict");
  expect(fateOf(reply(429, "rate-limited"), 200)).toBe("refused");
});
