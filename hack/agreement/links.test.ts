import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const pages = execFileSync("git", ["ls-files", "*.md"], { cwd: ROOT, encoding: "utf8" }).trim().split("\n");

/** A page without its examples, whose brackets are no links and whose # are no headings. */
function proseOf(page: string): string {
  return readFileSync(join(ROOT, page), "utf8").replaceAll(/^```[\s\S]*?^```$/gm, "");
}

/** What GitHub makes of a heading for links to it. */
function anchorOf(heading: string): string {
  const shown = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "");
  return shown
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M} _-]/gu, "")
    .replaceAll(" ", "-");
}

/** A heading that there is twice on a page is not to be linked to: its number changes with what stands before it. */
function anchorsOf(page: string): readonly string[] {
  const anchors = [...proseOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));
  return anchors.filter((anchor) => anchors.indexOf(anchor) === anchors.lastIndexOf(anchor));
}

function faultOf(page: string, target: string): string | undefined {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : relative(ROOT, join(ROOT, dirname(page), decodeURIComponent(path)));
  if (!existsSync(join(ROOT, file))) return "leads nowhere";
  if (anchor === undefined || statSync(join(ROOT, file)).isDirectory() || !file.endsWith(".md")) return undefined;
  return anchorsOf(file).includes(anchor) ? undefined : "leads to no heading, or to two";
}

test("there are pages, and links on them", () => {
  expect(pages.length).toBeGreaterThan(20);
  expect(faultOf("README.md", "docs/api.md#listing")).toBeUndefined();
  expect(faultOf("README.md", "docs/nothing.md")).toBe("leads nowhere");
  expect(faultOf("README.md", "docs/api.md#nothing")).toBe("leads to no heading, or to two");
});

test.each(pages)("each link on %s leads somewhere", (page) => {
  const targets = [
    ...proseOf(page)
      .replaceAll(/`[^`]*`/g, "")
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(([, target = ""]) => target);
  const own = targets.filter((target) => !/^[a-z]+:/.test(target));
  const wrong = own.flatMap((target) => {
    const fault = faultOf(page, target);
    return fault === undefined ? [] : [`${target} ${fault}`];
  });
  expect(wrong).toEqual([]);
});
