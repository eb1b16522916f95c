import { expect, test } from "vitest";
import { isolate } from "./isolated.ts";

const BEGIN = "setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc".split(" ");

test("takes mounts, processes and the network from a command", () => {
  expect(isolate(["true", "-x"], false)).toEqual([...BEGIN, "--net", "true", "-x"]);
});

test("leaves the network to a command that needs it", () => {
  expect(isolate(["true"], true)).toEqual([...BEGIN, "true"]);
});
