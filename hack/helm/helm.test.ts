import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ensureHelm, isSuitable } from "./helm.ts";

test.each([
  ["v3.14.0", true],
  ["v3.20.2\n", true],
  ["v4.0.1", true],
  ["v3.13.9", false],
  ["v2.17.0", false],
  ["3.20.2", false],
  ["", false],
])("Helm %j is suitable: %s", (version, suitable) => {
  expect(isSuitable(version)).toBe(suitable);
});

test("takes the Helm that HELM names", async () => {
  const folder = await mkdtemp(join(tmpdir(), "helm-"));
  try {
    const path = join(folder, "helm");
    await writeFile(path, "#!/bin/sh\necho v3.19.0\n");
    await chmod(path, 0o755);
    expect(await ensureHelm({ HELM: path })).toBe(path);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("refuses a HELM that is none, with the cure", async () => {
  await expect(ensureHelm({ HELM: "/bin/false" })).rejects.toThrow(
    'HELM is "/bin/false", which is no Helm 3.14 or later: correct it, or unset it to have one built',
  );
});
