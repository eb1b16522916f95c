import type { Condition } from "@profile-platform/crds";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { children, condition, getPlatform, objectKey, platformManifest } from "../support/platform.ts";
import { type OperatorBench, startOperatorBench } from "./support/operator-bench.ts";
import { waitApplied } from "./support/settled.ts";

let bench: OperatorBench;

beforeAll(async () => {
  bench = await startOperatorBench();
  await bench.startOperator();
});

afterAll(async () => {
  await bench?.stop();
});

function waitStalled(name: string): Promise<Condition> {
  return eventually(
    async () => {
      const stalled = condition(await getPlatform(bench.kubectl, name), "Stalled");
      return stalled?.status === "True" ? stalled : undefined;
    },
    { what: `${name} says that it is stalled`, timeoutMs: 30_000, everyMs: 100 },
  );
}

describe("an object of somebody else", () => {
  const NAME = "foreign";
  const platform = platformManifest(NAME, { namespacePrefix: "foreign-" });

  test("is named with its owner and the cure, and left as it is, while everything else is applied", async () => {
    const { kubectl } = bench;
    // The namespace is this platform's, as one that was retained, and something stands in its way inside.
    const namespace = "foreign-server-layer";
    const labels = { "app.kubernetes.io/managed-by": "profile-platform-operator", "profileplatform.io/platform": NAME };
    await kubectl.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } });
    await kubectl.run(
      ["create", "-f", "-"],
      JSON.stringify({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "server", namespace, labels: { "app.kubernetes.io/managed-by": "Helm" } },
        data: { theirs: "untouched" },
      }),
    );
    await kubectl.apply(platform);
    const stalled = await waitStalled(NAME);
    expect(stalled.reason).toBe("ObjectNotOwned");
    expect(stalled.message).toBe(
      "ConfigMap foreign-server-layer/server exists and is managed by Helm; it is left alone. " +
        "Delete it, or move it to another namespace: the platform needs its name.",
    );
    const after = await kubectl.get("configmap", "server", "foreign-server-layer");
    expect(after?.["data"]).toEqual({ theirs: "untouched" });
    expect(after?.metadata.labels).toEqual({ "app.kubernetes.io/managed-by": "Helm" });
    // Another object is still looked after.
    await kubectl.run(["delete", "service", "server", "-n", "foreign-server-layer", "--wait=false"]);
    await eventually(() => kubectl.get("service", "server", "foreign-server-layer"), {
      what: "the Service is back",
      timeoutMs: 10_000,
    });
  });

  test("is replaced by the platform's own once it is out of the way", async () => {
    const { kubectl } = bench;
    await kubectl.run(["delete", "configmap", "server", "-n", "foreign-server-layer", "--wait=false"]);
    await waitApplied(bench.api, NAME);
    expect(condition(await getPlatform(kubectl, NAME), "Stalled")?.status).toBe("False");
  });
});

test("a namespace of somebody else is not entered at all", async () => {
  const { kubectl } = bench;
  await kubectl.run(["create", "namespace", "theirs-server-layer"]);
  const before = await kubectl.get("namespace", "theirs-server-layer");
  await kubectl.apply(platformManifest("theirs", { namespacePrefix: "theirs-" }));
  const stalled = await waitStalled("theirs");
  expect(stalled.reason).toBe("ObjectNotOwned");
  expect(stalled.message).toBe(
    "Namespace theirs-server-layer exists and was not made by this operator; it is left alone. Create the platform " +
      "with another spec.namespacePrefix, or delete namespace theirs-server-layer if nobody needs it.",
  );
  const made = (await children(kubectl, "theirs")).map(objectKey);
  expect(made).toContain("StatefulSet theirs-data-layer/postgresql");
  expect(made.filter((key) => key.includes("theirs-server-layer"))).toEqual([]);
  expect((await kubectl.get("namespace", "theirs-server-layer"))?.metadata.resourceVersion).toBe(
    before?.metadata.resourceVersion,
  );
});

test("of two platforms with one prefix the second waits, and gets its turn when the first is gone", async () => {
  const { kubectl } = bench;
  const spec = { namespacePrefix: "shared-", deletionPolicy: "Delete" };
  await kubectl.apply(platformManifest("a-first", spec));
  await waitApplied(bench.api, "a-first");
  await kubectl.apply(platformManifest("b-second", spec));
  const stalled = await waitStalled("b-second");
  expect(stalled.reason).toBe("PrefixTaken");
  expect(stalled.message).toContain("ProfilePlatform a-first");
  expect(await children(kubectl, "b-second")).toEqual([]);
  await kubectl.run(["delete", "profileplatform", "a-first"]);
  await eventually(
    async () => {
      // Nobody ends pods here, and what they hold keeps a namespace from going.
      await kubectl.try(["delete", "pods", "--all", "-n", "shared-data-layer", "--force", "--grace-period=0"]);
      const keys = (await children(kubectl, "b-second")).map(objectKey);
      return keys.includes("StatefulSet shared-data-layer/postgresql") ? true : undefined;
    },
    { what: "the second platform has its namespaces", timeoutMs: 90_000 },
  );
});

test("a platform that cannot go on holds up no other", async () => {
  const { kubectl } = bench;
  await waitStalled("theirs");
  await kubectl.apply(platformManifest("neighbour", { namespacePrefix: "neighbour-" }));
  const { status } = await waitApplied(bench.api, "neighbour", 10_000);
  expect(status?.componentsReady).toBe("0/6");
});
