import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { children, platformManifest } from "../support/platform.ts";
import { type OperatorBench, startOperatorBench } from "./support/operator-bench.ts";
import { waitApplied } from "./support/settled.ts";

const MANIFEST = platformManifest("rest", {});

let bench: OperatorBench;

beforeAll(async () => {
  bench = await startOperatorBench();
  await bench.startOperator();
});

afterAll(async () => {
  await bench?.stop();
});

describe("a platform with nothing but defaults", () => {
  test("gets its layers, what they rest on, and every workload that waits for nothing", async () => {
    await bench.kubectl.apply(MANIFEST);
    const platform = await waitApplied(bench.api, "rest");
    expect(platform.status?.components?.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "postgresql Progressing",
      "redis Progressing",
      "rabbitmq Progressing",
      "migrations Waiting",
      "server Waiting",
      "worker Waiting",
    ]);
    const kinds = new Set((await children(bench.kubectl, "rest")).map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual([
      "ConfigMap",
      "LimitRange",
      "Namespace",
      "NetworkPolicy",
      "PodDisruptionBudget",
      "ResourceQuota",
      "Role",
      "RoleBinding",
      "Secret",
      "Service",
      "ServiceAccount",
      "StatefulSet",
    ]);
  });

  test("says what it waits for", async () => {
    const { status } = await waitApplied(bench.api, "rest");
    const messages = Object.fromEntries((status?.components ?? []).map(({ name, message }) => [name, message]));
    expect(messages["migrations"]).toBe("waits for postgresql: 0 of 1 pods are ready");
    expect(messages["server"]).toBe("waits for migrations, which waits for postgresql: 0 of 1 pods are ready");
    expect(status?.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
      "Ready False ComponentsNotReady",
      "Applied False WaitingForDependencies",
      "Healthy False ComponentsNotReady",
      "Reconciling True InProgress",
      "Stalled False NotStalled",
      "DataLayerReady False ComponentsNotReady",
      "ServerLayerReady False ComponentsNotReady",
    ]);
  });
});
