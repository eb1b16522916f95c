import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type FaultProxy, startFaultProxy, WRITES } from "../../../faults/index.ts";
import { KubeApi, typeOf } from "../../control-plane/support/kube-api.ts";
import { type Kubelet, startKubelet } from "../../control-plane/support/kubelet.ts";
import { type OperatorBench, startOperatorBench } from "../../control-plane/support/operator-bench.ts";
import type { OperatorProcess } from "../../control-plane/support/operator-process.ts";
import { waitReady } from "../../control-plane/support/settled.ts";
import { effects, type Snapshot, snapshot } from "../../control-plane/support/snapshot.ts";
import { eventually } from "../../support/eventually.ts";
import { platformManifest } from "../../support/platform.ts";

let bench: OperatorBench;
let api: KubeApi;
let kubelet: Kubelet;
/** In front of each of the two operators. */
let proxies: readonly [FaultProxy, FaultProxy];
let first: OperatorProcess;
let second: OperatorProcess;

beforeAll(async () => {
  bench = await startOperatorBench();
  api = KubeApi.connect(bench.kubectl.kubeconfig);
  kubelet = startKubelet(bench.kubectl.kubeconfig);
  const start = (name: string) => startFaultProxy({ upstreamKubeconfig: bench.kubeconfig, dir: join(bench.dir, name) });
  proxies = [await start("first"), await start("second")];
});

afterAll(async () => {
  await kubelet?.stop();
  api?.close();
  await Promise.all((proxies ?? []).map((proxy) => proxy.stop()));
  await bench?.stop();
});

beforeEach(async () => {
  first = await bench.startOperator({ kubeconfig: proxies[0].kubeconfigPath });
  second = await bench.launchOperator({ kubeconfig: proxies[1].kubeconfigPath });
  await eventually(async () => (await second.log()).includes("The cache is filled") || undefined, {
    what: "the second one stands by",
    timeoutMs: 30_000,
  });
});

afterEach(async () => {
  first.thaw();
  await first.kill();
  await second.stop();
});

/** The lease, and the pause until the second looks again. */
const TAKE_OVER_SECONDS = 17.5;

const manifest = (name: string, replicas = 1) =>
  platformManifest(name, { namespacePrefix: `${name}-`, deletionPolicy: "Delete", server: { replicas } });

/** Every write of the first operator, of whatever kind, Leases and Events included. */
const writesOfFirst = () => proxies[0].requests(WRITES);

async function untilSecondLeads(): Promise<void> {
  await eventually(async () => (await second.log()).includes('"msg":"Leading"') || undefined, {
    what: "the second one leads",
    timeoutMs: 40_000,
  });
}

/** What the operator decides of every child of every platform. */
async function childrenOfAll(): Promise<Snapshot> {
  const platforms = await api.list(typeOf("ProfilePlatform"));
  const snapshots = await Promise.all(platforms.map(({ metadata }) => snapshot(api, metadata.name)));
  return new Map(snapshots.flatMap((children) => [...children]));
}

/** Lets the first go on, and returns the writes that still came of it and its exit code. */
async function thaw(): Promise<{ readonly writes: readonly string[]; readonly code: number | null }> {
  const before = writesOfFirst().length;
  first.thaw();
  const code = await first.ended();
  return {
    writes: writesOfFirst()
      .slice(before)
      .map(({ method, path }) => `${method} ${path}`),
    code,
  };
}

/** The lease may be asked for: the answer is how the first learns that it is another's. */
const ofContent = (writes: readonly string[]) => writes.filter((write) => !write.includes("/leases/"));

test("a leader that is killed: the second takes over once its lease has run out", async () => {
  const { kubectl } = bench;
  await first.kill();
  const killed = performance.now();
  await untilSecondLeads();
  const seconds = (performance.now() - killed) / 1000;
  console.log(`the second led ${seconds.toFixed(1)} s after the first was killed`);
  expect(seconds).toBeLessThan(TAKE_OVER_SECONDS);
  await kubectl.apply(manifest("successor"));
  await waitReady(bench.api, "successor", 60_000);
});

describe("a leader that is frozen for longer than its lease", () => {
  test("at rest: the second takes over, and the first writes nothing when it wakes up", async () => {
    const { kubectl } = bench;
    await kubectl.apply(manifest("resting"));
    await waitReady(bench.api, "resting", 60_000);
    first.freeze();
    const frozen = performance.now();
    await untilSecondLeads();
    console.log(`the second led ${((performance.now() - frozen) / 1000).toFixed(1)} s after the first froze`);
    // What the first believes is out of date by now, and it has something to do the moment it wakes up.
    await kubectl.apply(manifest("resting", 2));
    await waitReady(bench.api, "resting", 60_000);
    const { writes, code } = await thaw();
    expect(ofContent(writes)).toEqual([]);
    expect(code).not.toBe(0);
  });

  test.each([5, 20, 40])(
    "after %i writes of a first apply: the second goes on, and the first writes nothing when it wakes up",
    async (count) => {
      const { kubectl } = bench;
      const name = `frozen-${count}`;
      const before = proxies[0].writes();
      await kubectl.apply(manifest(name));
      await eventually(async () => proxies[0].writes() - before >= count || undefined, {
        what: `the first has made ${count} writes`,
        timeoutMs: 30_000,
        everyMs: 1,
      });
      first.freeze();
      await untilSecondLeads();
      await waitReady(bench.api, name, 60_000);
      const versions = await kubectl.run(["get", "pp", name, "-o", "jsonpath={.metadata.resourceVersion}"]);
      const children = await childrenOfAll();
      const { writes, code } = await thaw();
      expect(effects(children, await childrenOfAll())).toEqual([]);
      expect(ofContent(writes)).toEqual([]);
      expect(code).not.toBe(0);
      expect(await kubectl.run(["get", "pp", name, "-o", "jsonpath={.metadata.resourceVersion}"])).toBe(versions);
    },
  );
});
