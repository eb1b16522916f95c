import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { run } from "./embedded/command.ts";

const module = fileURLToPath(new URL("./kube", import.meta.url));
const packages = ["./internal/policy", "./internal/pki", "./internal/volumes", "./cmd/..."];
/** The first run compiles the client libraries, which a build of the cluster needs as well. */
const timeout = 600_000;

it("passes the tests of the cluster's own programs", { timeout }, async () => {
  const env = { CGO_ENABLED: "0", GOFLAGS: "-mod=readonly", GOTOOLCHAIN: "local" };
  const output = await run("go", ["test", ...packages], { cwd: module, env });
  expect(output).toMatch(/^ok\s+\S+\/internal\/policy\b/m);
});
