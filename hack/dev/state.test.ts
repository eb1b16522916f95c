import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clean } from "./clean.ts";
import { makeState, stateFolder, stateIn } from "./state.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dev-state-"));
  chmodSync(folder, 0o711);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("data is kept in the checkout, or where it is said, or elsewhere when only root may enter the checkout", () => {
  const checkout = join(folder, "checkout");
  mkdirSync(checkout, { mode: 0o711 });
  expect(stateFolder(checkout, undefined, true)).toBe(join(checkout, ".dev"));
  expect(stateFolder(checkout, "/elsewhere", true)).toBe("/elsewhere");
  chmodSync(checkout, 0o700);
  expect(stateFolder(checkout, "", false)).toBe(join(checkout, ".dev"));
  expect(stateFolder(checkout, "", true)).toMatch(/^\/var\/lib\/profile-platform-dev\/[0-9a-f]{8}$/);
});

test("a folder that only root may enter is refused to root in a sentence", () => {
  const closed = join(folder, "closed");
  mkdirSync(closed, { mode: 0o700 });
  expect(() => makeState(stateIn(join(closed, "state")), true)).toThrow(/only root may enter.*DEV_STATE=folder$/);
});

test("a folder that holds something else is neither used nor removed", async () => {
  writeFileSync(join(folder, "thesis.txt"), "precious");
  expect(() => makeState(stateIn(folder), false)).toThrow(/holds something else/);
  await expect(clean(stateIn(folder))).rejects.toThrow(/was not made by make dev/);
  expect(existsSync(join(folder, "thesis.txt"))).toBe(true);
});

test("what was made is removed, once", async () => {
  const state = stateIn(join(folder, "state"));
  makeState(state, false);
  makeState(state, false);
  expect(await clean(state)).toMatch(/^Removed /);
  expect(existsSync(state.root)).toBe(false);
  expect(await clean(state)).toMatch(/^There is nothing to remove/);
});
