import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { withLock } from "./lock.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "lock-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

it("lets one in at a time", async () => {
  const path = join(dir, "lock");
  let inside = 0;
  const enter = () =>
    withLock(path, async () => {
      inside += 1;
      const seen = inside;
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      return seen;
    });
  expect(await Promise.all([enter(), enter(), enter()])).toEqual([1, 1, 1]);
  expect(existsSync(path)).toBe(false);
});

it.each([
  ["of a process that has ended", JSON.stringify({ pid: 2 ** 22 + 1, startTicks: "1", bootId: "x" })],
  [
    "of an earlier process with the number of this one",
    JSON.stringify({ pid: process.pid, startTicks: "1", bootId: "x" }),
  ],
  ["that is no JSON", "{"],
])("takes over a lock %s", async (_what, content) => {
  const path = join(dir, "lock");
  writeFileSync(path, content);
  expect(await withLock(path, async () => "in")).toBe("in");
});

it("gives the lock back when the action fails", async () => {
  const path = join(dir, "lock");
  const failing = withLock(path, async () => {
    throw new Error("no disk");
  });
  await expect(failing).rejects.toThrow("no disk");
  expect(existsSync(path)).toBe(false);
});

it("tells who holds the lock, and stops waiting when asked to", async () => {
  const path = join(dir, "lock");
  const controller = new AbortController();
  const holders: number[] = [];
  await withLock(path, async () => {
    const onWait = (holder: number) => {
      holders.push(holder);
      controller.abort();
    };
    await expect(withLock(path, async () => "in", { onWait, signal: controller.signal })).rejects.toThrow("abort");
  });
  expect(holders).toEqual([process.pid]);
});
