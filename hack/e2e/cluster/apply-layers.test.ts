import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { run } from "../../cluster/embedded/command.ts";
import { Kubectl } from "../support/kubectl.ts";
import { byKey, children, platformManifest } from "../support/platform.ts";
import { ProfileApi } from "../support/profile-api.ts";

const kubectl = new Kubectl(inject("kubeconfig"));
const NAME = "byhand";
const PREFIX = `${NAME}-`;

describe("a platform without the operator", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "apply-layers-"));
    const spec = { namespacePrefix: PREFIX, server: { replicas: 1, exposure: { type: "NodePort" } } };
    await writeFile(join(folder, "manifest.json"), JSON.stringify(platformManifest(NAME, spec)));
    await writeFile(join(folder, "images.json"), JSON.stringify(inject("images")));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
    await kubectl.run(["delete", "namespace", `${PREFIX}data-layer`, `${PREFIX}server-layer`, "--ignore-not-found"]);
  });

  const applyLayers = () =>
    run("hack/apply-layers.sh", ["-f", join(folder, "manifest.json"), "--images", join(folder, "images.json")], {
      env: { KUBECONFIG: kubectl.kubeconfig },
    });

  test("is applied layer by layer, serves, and is left as it is by a second run", async () => {
    await applyLayers();
    const api = await ProfileApi.throughNodePort(kubectl, `${PREFIX}server-layer`);
    const created = await api.create({ name: "Barbara Liskov", email: `barbara-${Date.now()}@example.com` });
    expect(created.status).toBe(201);

    const pods = async () => byKey(await kubectl.list("pods", `app.kubernetes.io/instance=${NAME}`), "uid");
    const [podsBefore, childrenBefore] = [await pods(), byKey(await children(kubectl, NAME), "uid")];
    await applyLayers();
    expect(await pods()).toEqual(podsBefore);
    expect(byKey(await children(kubectl, NAME), "uid")).toEqual(childrenBefore);
    expect((await api.read(created.body.profile.id)).body.profile.name).toBe("Barbara Liskov");
  });
});
