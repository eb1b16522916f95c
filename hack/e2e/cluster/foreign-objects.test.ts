import { afterAll, describe, expect, inject, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { Kubectl } from "../support/kubectl.ts";
import { condition, getPlatform, platformManifest } from "../support/platform.ts";

const kubectl = new Kubectl(inject("kubeconfig"));
const NAME = "intruder";
const NAMESPACE = "foreign-data-layer";

describe("objects of other owners", () => {
  afterAll(async () => {
    await kubectl.run(["delete", "profileplatform", NAME, "--ignore-not-found"]);
    await kubectl.run(["delete", "namespace", NAMESPACE, "foreign-server-layer", "--ignore-not-found"]);
  });

  test("are refused with their name and the cure, and stay as they were", async () => {
    await kubectl.run(["create", "namespace", NAMESPACE]);
    await kubectl.run(["create", "configmap", "theirs", "-n", NAMESPACE, "--from-literal=a=b"]);
    const before = await kubectl.get("namespace", NAMESPACE);
    await kubectl.apply(platformManifest(NAME, { namespacePrefix: "foreign-", deletionPolicy: "Delete" }));
    const stalled = await eventually(
      async () => {
        const one = condition(await getPlatform(kubectl, NAME), "Stalled");
        return one?.status === "True" ? one : undefined;
      },
      { what: "the platform says that it is stalled", timeoutMs: 30_000 },
    );
    expect(stalled.reason).toBe("ObjectNotOwned");
    expect(stalled.message).toContain(NAMESPACE);
    expect(stalled.message).toContain("namespacePrefix");

    await kubectl.run(["delete", "profileplatform", NAME, "--wait"]);
    const after = await kubectl.get("namespace", NAMESPACE);
    expect(after?.metadata).toEqual(before?.metadata);
    expect(await kubectl.get("configmap", "theirs", NAMESPACE)).toBeDefined();
  });
});
