import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type FaultProxy, startFaultProxy, WRITES } from "../../../faults/index.ts";
import { type Kubelet, startKubelet } from "../../control-plane/support/kubelet.ts";
import { type OperatorBench, startOperatorBench } from "../../control-plane/support/operator-bench.ts";
import type { OperatorProcess } from "../../control-plane/support/operator-process.ts";
import { Platforms } from "../../control-plane/support/platforms.ts";
import { waitReady } from "../../control-plane/support/settled.ts";
import { eventually } from "../../support/eventually.ts";

/** A pod gets 45 s to end, and whoever upgrades waits for it. */
const END_SECONDS = 5;
const TAKE_OVER_SECONDS = 2;

let bench: OperatorBench;
let kubelet: Kubelet;
let proxy: FaultProxy;
let platforms: Platforms;
let second: OperatorProcess | undefined;

afterEach(async () => {
  await second?.kill();
  second = undefined;
  await proxy.restore();
  await bench.deleteLease();
});

beforeAll(async () => {
  bench = await startOperatorBench();
  platforms = new Platforms(bench.api);
  kubelet = startKubelet(bench.kubectl.kubeconfig);
  proxy = await startFaultProxy({ upstreamKubeconfig: bench.kubeconfig, dir: join(bench.dir, "proxy") });
});

afterAll(async () => {
  await kubelet?.stop();
  await proxy?.stop();
  await bench?.stop();
});

const secondsSince = (start: number) => (performance.now() - start) / 1000;

test.each([1, 10, 30, 50])(
  "terminated after %i writes of a first apply, it finishes what it has begun and hands over at once",
  async (count) => {
    const name = `stopped-${count}`;
    const first = await bench.startOperator({ kubeconfig: proxy.kubeconfigPath });
    const next = await bench.launchOperator();
    second = next;
    await eventually(async () => (await next.log()).includes("The cache is filled") || undefined, {
      what: "the second one stands by",
      timeoutMs: 30_000,
    });
    const before = proxy.writes();
    await platforms.create(name);
    await eventually(async () => proxy.writes() - before >= count || undefined, {
      what: `${count} writes are made`,
      timeoutMs: 30_000,
      everyMs: 1,
    });
    const asked = performance.now();
    expect(await first.stop()).toBe(0);
    const ended = secondsSince(asked);
    await eventually(async () => (await next.log()).includes('"msg":"Leading"') || undefined, {
      what: "the second one leads",
      timeoutMs: 10_000,
      everyMs: 20,
    });
    const led = secondsSince(asked) - ended;
    console.log(`after ${count} writes: ended in ${ended.toFixed(1)} s, the next one led ${led.toFixed(1)} s later`);
    expect(ended).toBeLessThan(END_SECONDS);
    expect(led).toBeLessThan(TAKE_OVER_SECONDS);
    // Lists for a cache that nobody needs any more may be cut off.
    const unanswered = proxy.requests(WRITES).filter(({ status }) => status === undefined);
    expect(unanswered.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
    await waitReady(bench.api, name, 60_000);
    await platforms.remove(name);
  },
);
