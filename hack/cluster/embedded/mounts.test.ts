import { expect, it } from "vitest";
import { mountsBelow } from "./mounts.ts";

const line = (path: string) => `36 35 98:0 /mnt1 ${path} rw,noatime shared:1 - ext3 /dev/root rw`;

it("finds what is mounted below a folder, the innermost first", () => {
  const text = ["/", "/c/local", "/c/local/a", "/c/local/a/b", "/c/local2/a", "/etc"].map(line).join("\n");
  expect(mountsBelow("/c/local", text)).toEqual(["/c/local/a/b", "/c/local/a"]);
});

it("reads what the kernel escapes", () => {
  expect(mountsBelow("/c", line("/c/a\\040b\\134c"))).toEqual(["/c/a b\\c"]);
});
