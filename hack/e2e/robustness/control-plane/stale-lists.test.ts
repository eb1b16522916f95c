import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  changeEvents,
  type FaultProxy,
  holdEvents,
  type Recording,
  type RequestMatch,
  serveRecorded,
  startFaultProxy,
  WATCHES,
} from "../../../faults/index.ts";
import { comparable } from "../../control-plane/support/comparable.ts";
import { type Kubelet, startKubelet } from "../../control-plane/support/kubelet.ts";
import { type OperatorBench, startOperatorBench } from "../../control-plane/support/operator-bench.ts";
import { type OperatorProcess, PLATFORM_RECONCILES } from "../../control-plane/support/operator-process.ts";
import { isReady, Platforms } from "../../control-plane/support/platforms.ts";
import { type PlatformState, readStates, secretsOf } from "../../control-plane/support/state.ts";
import { eventually } from "../../support/eventually.ts";
import { byKey, lastWritesOf } from "../../support/platform.ts";

/** Reads of whole collections; those of one object are always answered from the store. */
const LISTS: RequestMatch = { methods: ["GET"], watch: false, where: ({ query }) => query["limit"] !== undefined };
const PLATFORMS = /\/profileplatforms$/;
const CHILD_LISTS: RequestMatch = { ...LISTS, path: /^(?!.*\/profileplatforms$)/ };

let bench: OperatorBench;
let kubelet: Kubelet;
let proxy: FaultProxy;
let operator: OperatorProcess;
let platforms: Platforms;

beforeAll(async () => {
  bench = await startOperatorBench();
  platforms = new Platforms(bench.api);
  kubelet = startKubelet(bench.kubectl.kubeconfig);
  proxy = await startFaultProxy({ upstreamKubeconfig: bench.kubeconfig, dir: join(bench.dir, "proxy") });
  operator = await start();
});

afterAll(async () => {
  await kubelet?.stop();
  await operator?.kill();
  await proxy?.stop();
  await bench?.stop();
});

function start(): Promise<OperatorProcess> {
  return bench.startOperator({ kubeconfig: proxy.kubeconfigPath });
}

async function kill(): Promise<void> {
  await operator.kill();
  await proxy.restore();
  await bench.deleteLease();
}

async function stateOf(name: string): Promise<PlatformState> {
  const states = await readStates(bench.api, [name]);
  return states.get(name) ?? { platform: name, objects: [] };
}

function untilReady(name: string): Promise<PlatformState> {
  return eventually(
    async () => {
      const state = await stateOf(name);
      const isWhole = state.objects.every(({ metadata }) => metadata.deletionTimestamp === undefined);
      return isReady(state) && isWhole ? state : undefined;
    },
    { what: `${name} is Ready`, timeoutMs: 60_000 },
  );
}

/**
 * A fresh operator that believes that everything is as it was recorded, and has done all that it wants to: for every
 * platform that is there, those of earlier tests included.
 */
async function startStale(recording: Recording, match = LISTS): Promise<void> {
  const count = (await platforms.names()).length;
  proxy.rule({ match, fault: serveRecorded(recording) });
  proxy.rule({ match: WATCHES, fault: changeEvents(holdEvents) });
  operator = await start();
  await eventually(
    async () => {
      const reconciles = await operator.metric(PLATFORM_RECONCILES);
      const active = await operator.metric("controller_runtime_active_workers");
      return (reconciles >= count && active === 0) || undefined;
    },
    { what: "the operator has done what it believed that it had to", timeoutMs: 30_000, everyMs: 50 },
  );
}

/** What it did not know comes to it at last. */
async function refresh(name: string, expected: PlatformState): Promise<void> {
  await proxy.restore();
  await untilSame(name, expected);
}

async function untilSame(name: string, expected: PlatformState): Promise<void> {
  await eventually(
    async () => {
      const state = await stateOf(name);
      expect(comparable(state)).toEqual(comparable(expected));
      expect(secretsOf(state)).toEqual(secretsOf(expected));
      return true;
    },
    { what: `${name} is as it was`, timeoutMs: 30_000 },
  );
}

/** Equal when nothing at all was written in between. */
const writes = ({ objects }: PlatformState) => lastWritesOf(objects);

const uidOf = ({ objects }: PlatformState) => objects.find(({ kind }) => kind === "ProfilePlatform")?.metadata.uid;

function ownersOf({ objects }: PlatformState): readonly string[] {
  const owners = objects.flatMap(({ metadata: { ownerReferences = [] } }) => ownerReferences);
  return [...new Set(owners.filter(({ kind }) => kind === "ProfilePlatform").map(({ uid }) => uid))];
}

async function make(name: string, spec: Readonly<Record<string, unknown>> = {}): Promise<PlatformState> {
  await platforms.create(name, spec);
  return untilReady(name);
}

async function remove(name: string): Promise<void> {
  await platforms.remove(name);
  await eventually(async () => (await stateOf(name)).objects.length === 0 || undefined, {
    what: `nothing of ${name} is left`,
    timeoutMs: 60_000,
  });
}

test("an older spec is not brought back", async () => {
  const name = "older";
  await make(name);
  const recording = await proxy.record();
  // With it, the autoscaler would be removed, and the pods restarted with the former configuration.
  await platforms.change(name, { server: { autoscaling: {}, cache: { maxEntries: 20 } } });
  const expected = await untilReady(name);
  await kill();
  await startStale(recording);
  expect(writes(await stateOf(name))).toEqual(writes(expected));
  await refresh(name, expected);
});

test("a former incarnation of the platform takes nothing from the present one", async () => {
  const name = "former";
  await make(name);
  const recording = await proxy.record();
  await remove(name);
  const expected = await make(name, { server: { replicas: 2 } });
  await kill();
  await startStale(recording);
  expect(writes(await stateOf(name))).toEqual(writes(expected));
  await refresh(name, expected);
});

test("children that it does not see are found, and not made anew", async () => {
  const name = "unseen";
  const empty = await proxy.record();
  const expected = await make(name);
  await kill();
  await startStale(empty, CHILD_LISTS);
  const found = await stateOf(name);
  expect(byKey(found.objects, "uid")).toEqual(byKey(expected.objects, "uid"));
  expect(secretsOf(found)).toEqual(secretsOf(expected));
  await refresh(name, expected);
});

test("children that it sees though they are gone come back, with the same credentials", async () => {
  const name = "gone";
  const expected = await make(name);
  const recording = await proxy.record();
  await kill();
  for (const path of [
    `/api/v1/namespaces/${name}-data-layer/secrets/redis-credentials`,
    `/api/v1/namespaces/${name}-data-layer/configmaps/redis`,
    `/api/v1/namespaces/${name}-server-layer/secrets/postgresql-credentials`,
    `/api/v1/namespaces/${name}-server-layer/services/server`,
    `/apis/apps/v1/namespaces/${name}-server-layer/deployments/worker`,
  ]) {
    await bench.api.request({ method: "DELETE", path });
  }
  await startStale(recording);
  await refresh(name, expected);
  expect(ownersOf(await stateOf(name))).toEqual([uidOf(expected)]);
});

test("a Secret that it does not see is not generated again", async () => {
  const name = "secrets";
  const expected = await make(name);
  await kill();
  const path = `/api/v1/namespaces/${name}-data-layer/secrets/redis-credentials`;
  const secret = await bench.api.request({ method: "GET", path });
  await bench.api.request({ method: "DELETE", path });
  const recording = await proxy.record();
  const { uid: _uid, resourceVersion: _version, ...metadata } = secret.metadata;
  await bench.api.request({
    method: "POST",
    path: path.replace(/\/[^/]+$/, ""),
    body: { ...secret, metadata },
  });
  await startStale(recording);
  expect(secretsOf(await stateOf(name))).toEqual(secretsOf(expected));
  await refresh(name, expected);
});

test("a platform that was deleted and made again unheard of gets nothing for the former one", async () => {
  const name = "unheard";
  const former = uidOf(await make(name));
  const rule = proxy.rule({ match: { ...WATCHES, path: PLATFORMS }, fault: changeEvents(holdEvents) });
  await remove(name);
  await platforms.create(name);
  expect(ownersOf(await stateOf(name))).not.toContain(former);
  rule.remove();
  const after = await untilReady(name);
  expect(ownersOf(after)).toEqual([uidOf(after)]);
});
