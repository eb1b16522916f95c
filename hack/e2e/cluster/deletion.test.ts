import { afterAll, describe, expect, inject, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { Kubectl } from "../support/kubectl.ts";
import { children, objectKey, ownedBy, platformManifest, waitReady } from "../support/platform.ts";
import { ProfileApi } from "../support/profile-api.ts";

const kubectl = new Kubectl(inject("kubeconfig"));
const NAME = "passing";
const PREFIX = "passing-";
const manifest = (deletionPolicy: "Retain" | "Delete") =>
  platformManifest(NAME, {
    namespacePrefix: PREFIX,
    deletionPolicy,
    server: { replicas: 1, exposure: { type: "NodePort" } },
  });

describe("deleting a platform", () => {
  afterAll(async () => {
    await kubectl.run(["delete", "profileplatform", NAME, "--ignore-not-found"]);
    await kubectl.run(["delete", "namespace", `${PREFIX}data-layer`, `${PREFIX}server-layer`, "--ignore-not-found"]);
  });

  test("with Retain keeps volumes and credentials, and the same manifest finds its data again", async () => {
    await kubectl.apply(manifest("Retain"));
    await waitReady(kubectl, NAME);
    const api = await ProfileApi.throughNodePort(kubectl, `${PREFIX}server-layer`);
    const created = await api.create({ name: "Grace Hopper", email: `grace-${Date.now()}@example.com` });
    expect(created.status).toBe(201);
    const kept = await keptData();

    await kubectl.run(["delete", "profileplatform", NAME]);
    await eventually(
      async () => {
        const left = (await children(kubectl, NAME)).map(objectKey).sort();
        expect(left).toEqual([
          `Namespace ${PREFIX}data-layer`,
          `Secret ${PREFIX}data-layer/postgresql-credentials`,
          `Secret ${PREFIX}data-layer/rabbitmq-credentials`,
          `Secret ${PREFIX}data-layer/redis-credentials`,
        ]);
        expect(await kubectl.list("pods", ownedBy(NAME))).toEqual([]);
        return true;
      },
      { what: "only what holds data is left", timeoutMs: 120_000 },
    );
    expect(await keptData()).toEqual(kept);

    await kubectl.apply(manifest("Retain"));
    await waitReady(kubectl, NAME);
    expect(await keptData()).toEqual(kept);
    const again = await ProfileApi.throughNodePort(kubectl, `${PREFIX}server-layer`);
    expect((await again.read(created.body.profile.id)).body.profile.name).toBe("Grace Hopper");
  });

  test("with Delete leaves nothing", async () => {
    await kubectl.apply(manifest("Delete"));
    await waitReady(kubectl, NAME);
    // Ownership has to be written before deletion can follow it.
    await eventually(
      async () => {
        const namespace = await kubectl.get("namespace", `${PREFIX}data-layer`);
        return namespace?.metadata.ownerReferences?.length === 1 ? true : undefined;
      },
      { what: "the data layer belongs to the platform", timeoutMs: 30_000 },
    );
    await kubectl.run(["delete", "profileplatform", NAME]);
    await eventually(
      async () => {
        expect((await children(kubectl, NAME)).map(objectKey)).toEqual([]);
        const volumes = JSON.parse(await kubectl.run(["get", "pv", "-o", "json"])) as {
          items: { spec: { claimRef?: { namespace: string } } }[];
        };
        expect(volumes.items.filter((one) => one.spec.claimRef?.namespace === `${PREFIX}data-layer`)).toEqual([]);
        return true;
      },
      { what: "nothing of the platform is left", timeoutMs: 180_000 },
    );
  });
});

/** Identity of what must survive: uid of each volume claim and of each credential. */
async function keptData(): Promise<readonly string[]> {
  const objects = await kubectl.list("persistentvolumeclaims,secrets", ownedBy(NAME));
  return objects
    .filter((object) => object.metadata.namespace === `${PREFIX}data-layer`)
    .map((object) => `${objectKey(object)} ${object.metadata.uid}`)
    .sort();
}
