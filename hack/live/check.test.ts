import { expect, test } from "vitest";
import { runChecks } from "./check.ts";

test("all checks run; those that fail are told with their causes and counted", async () => {
  let output = "";
  const failed = await runChecks(
    [
      { name: "broken", run: () => Promise.reject(new Error("status 500", { cause: new Error("no database") })) },
      { name: "whole", run: () => Promise.resolve() },
    ],
    (text) => {
      output += text;
    },
  );
  expect(failed).toBe(1);
  expect(output.replace(/\(\d+ ms\)/, "(n ms)")).toBe(
    "✗ broken\n    status 500\n    no database\n✓ whole (n ms)\n1 passed, 1 failed\n",
  );
});
