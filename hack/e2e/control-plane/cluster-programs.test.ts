import { expect, test } from "vitest";
import { go } from "../../cluster/embedded/go.ts";

// Here and not among the unit tests, because these run once the cluster's programs are built: with the same flags, what
// those are made of need not be compiled a second time.
const PACKAGES = ["./internal/policy", "./internal/pki", "./internal/volumes", "./cmd/..."];
const TIMEOUT_MS = 600_000;

test("the cluster's own programs pass their tests", { timeout: TIMEOUT_MS }, async () => {
  const output = await go(["test", "-trimpath", ...PACKAGES]);
  expect(output).toMatch(/^ok\s+\S+\/internal\/policy\b/m);
});
