import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { byKey, children, getPlatform, platformManifest } from "../support/platform.ts";
import { type OperatorBench, startOperatorBench } from "./support/operator-bench.ts";
import type { OperatorProcess } from "./support/operator-process.ts";
import { waitApplied } from "./support/settled.ts";

const MANIFEST = platformManifest("rest", {});

let bench: OperatorBench;
let operator: OperatorProcess;

beforeAll(async () => {
  bench = await startOperatorBench();
  operator = await bench.startOperator();
});

afterAll(async () => {
  await bench?.stop();
});

const versions = async () => ({
  ...byKey(await children(bench.kubectl, "rest"), "resourceVersion"),
  platform: (await getPlatform(bench.kubectl, "rest"))?.metadata.resourceVersion,
});

/** Waits until every key that was added has been worked and nothing is delayed any more. */
async function waitIdle(): Promise<void> {
  const QUEUE = '{name="profileplatforms",controller="profileplatforms"}';
  let before = -1;
  await eventually(
    async () => {
      const adds = await operator.metric(`workqueue_adds_total${QUEUE}`);
      const quiet = adds === before && (await operator.metric(`workqueue_depth${QUEUE}`)) === 0;
      before = adds;
      return quiet ? true : undefined;
    },
    // Longer than the pause after which a write is looked at once more.
    { what: "the operator has nothing to do", timeoutMs: 60_000, everyMs: 3_000 },
  );
}

describe("a platform with nothing but defaults", () => {
  test("gets its layers, what they rest on, and every workload that waits for nothing", async () => {
    await bench.kubectl.apply(MANIFEST);
    const platform = await waitApplied(bench.kubectl, "rest");
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
    const { status } = await waitApplied(bench.kubectl, "rest");
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

  test("applied a second time, and looked at a second time, is not written to", async () => {
    await waitIdle();
    const before = await versions();
    expect(await bench.kubectl.apply(MANIFEST)).toContain("unchanged");
    await bench.kubectl.run(["annotate", "profileplatform", "rest", "example.com/looked-at=again"]);
    await waitIdle();
    expect({ ...(await versions()), platform: "" }).toEqual({ ...before, platform: "" });
  });

  test("is not written to by an operator that starts", async () => {
    const before = await versions();
    expect(await operator.stop()).toBe(0);
    operator = await bench.startOperator();
    await waitIdle();
    expect(await versions()).toEqual(before);
  });

  test("costs nothing at rest: no request that could change anything", async () => {
    const writes = async () => {
      const host = /host="([^"]+)"/.exec(
        await (await fetch(`http://127.0.0.1:${await operator.port()}/metrics`)).text(),
      );
      return operator.metric(`rest_client_requests_total{code="200",method="PATCH",host="${host?.[1]}"}`);
    };
    const before = await writes();
    await waitIdle();
    expect(await writes()).toBe(before);
  });
});
