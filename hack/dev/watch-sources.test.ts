import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../e2e/support/eventually.ts";
import { type SourceWatch, watchSources } from "./watch-sources.ts";

let folder = "";
let watch: SourceWatch;
let changes: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dev-watch-"));
  mkdirSync(join(folder, "kit/http"), { recursive: true });
  writeFileSync(join(folder, "kit/http/app.ts"), "1");
  changes = [];
  watch = watchSources(folder, (path) => changes.push(path), 20);
});
afterEach(() => {
  watch.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Waits for that many changes in all, and returns the last one. */
function change(count: number): Promise<string | undefined> {
  const look = async () => (changes.length >= count ? changes.at(-1)?.slice(folder.length + 1) : undefined);
  return eventually(look, { what: `${count} changes were seen`, timeoutMs: 5_000, everyMs: 5 });
}

/** As editors and git do it. */
function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

test("a file that is written, or touched, is a change", async () => {
  const path = join(folder, "kit/http/app.ts");
  writeFileSync(path, "2");
  expect(await change(1)).toBe("kit/http/app.ts");
  utimesSync(path, new Date(), new Date());
  expect(await change(2)).toBe("kit/http/app.ts");
});

test("a file that another takes the place of is a change, each time", async () => {
  for (const [index, text] of ["2", "3", "4"].entries()) {
    replace(join(folder, "kit/http/app.ts"), text);
    expect(await change(index + 1)).toBe("kit/http/app.ts");
  }
});

test("files in folders that come later are seen, also when a folder comes again", async () => {
  for (const round of [0, 2]) {
    mkdirSync(join(folder, "limits"));
    expect(await change(round + 1)).toBe("limits");
    writeFileSync(join(folder, "limits/limiter.ts"), "1");
    expect(await change(round + 2)).toBe("limits/limiter.ts");
    rmSync(join(folder, "limits"), { recursive: true });
    await eventually(async () => (changes.length > round + 2 ? true : undefined), {
      what: "the removal was seen",
      timeoutMs: 5_000,
      everyMs: 5,
    });
    changes.length = round + 2;
  }
});

test("many changes at once are one", async () => {
  for (let count = 0; count < 20; count += 1) writeFileSync(join(folder, `kit/file-${count}.ts`), "");
  await change(1);
  await delay(100);
  expect(changes).toHaveLength(1);
});

test("tests, and what editors keep beside a file, are none", async () => {
  for (const name of ["app.test.ts", ".app.ts.swp", ".#app.ts", "app.ts~", "4913"]) {
    writeFileSync(join(folder, "kit/http", name), "");
  }
  // What is seen of a later change comes after anything that would be seen of these.
  await delay(100);
  writeFileSync(join(folder, "kit/http/app.ts"), "2");
  await change(1);
  expect(changes).toEqual([join(folder, "kit/http/app.ts")]);
});
