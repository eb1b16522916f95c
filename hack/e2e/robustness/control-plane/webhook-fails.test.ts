import { type AddressInfo, createServer, type Socket } from "node:net";
import type { ProfilePlatform } from "@profile-platform/crds";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ClassBench, startClassBench, waitCondition } from "../../control-plane/support/class-bench.ts";
import { installFailingWebhook, removeFailingWebhook } from "../../control-plane/support/failing-webhook.ts";
import { waitIdle } from "../../control-plane/support/idle.ts";
import { type KubeApi, platformRef } from "../../control-plane/support/kube-api.ts";
import { msToRestore } from "../../control-plane/support/restored.ts";
import { plainSpec } from "../../control-plane/support/schema/specs.ts";
import { eventsAbout } from "../../control-plane/support/told.ts";
import { eventually } from "../../support/eventually.ts";
import { condition, objectKey } from "../../support/platform.ts";

const NAME = "guarded";
const NEIGHBOUR = "neighbour";
const LABEL_COMPONENT = "profileplatform.io/component";
const HANG_MS = 4_000;
const RECOVERED_WITHIN_MS = 10_000;
const ERRORS = 'controller_runtime_reconcile_errors_total{controller="profileplatforms"}';
const ACTIVE = 'controller_runtime_active_workers{controller="profileplatforms"}';
/** More than the operator has workers. */
const HANGING = ["one", "two", "three", "four", "five", "six"].map((name) => `hanging-${name}`);
const HANGS = { "example.com/hangs": "true" };
const CURE =
  "Restore what serves the webhook, or remove it from its ValidatingWebhookConfiguration or " +
  "MutatingWebhookConfiguration.";

let bench: ClassBench;
let api: KubeApi;

beforeAll(async () => {
  bench = await startClassBench();
  ({ api } = bench);
  await bench.createReady(NEIGHBOUR, plainSpec(`${NEIGHBOUR}-`));
});

afterAll(() => bench?.stop());

const stateOf = ({ status }: ProfilePlatform) =>
  Object.fromEntries((status?.components ?? []).map(({ name, state }) => [name, state]));

function childOf(children: readonly KubernetesObject[], kind: string, name: string): KubernetesObject {
  const found = children.find((one) => one.kind === kind && one.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

/** Listens where a webhook may be, and answers nothing; what waits for it fails when it ends. */
async function startHanging(): Promise<{ readonly port: number; end(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    // The API server gives up by a reset.
    sockets.add(socket.on("error", () => {}));
  });
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await listening;
  return {
    port: (server.address() as AddressInfo).port,
    end: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The neighbour's drift is undone as fast as ever. */
async function expectNeighbourUnaffected(): Promise<void> {
  const child = childOf(await api.children(NEIGHBOUR), "ConfigMap", "redis");
  const ms = await msToRestore(api, child, () => api.remove(child), { anew: true });
  expect(ms, objectKey(child)).toBeLessThanOrEqual(1_000);
  expect(condition(await api.platform(NEIGHBOUR), "Ready")?.status).toBe("True");
}

describe("an admission webhook that fails for one object of a new platform", () => {
  test("is named with the object and the cure, and everything else becomes ready", async () => {
    await installFailingWebhook(api, {
      namespace: `${NAME}-data-layer`,
      apiGroup: "",
      resource: "configmaps",
      operation: "*",
      matchLabels: { [LABEL_COMPONENT]: "redis" },
    });
    await api.createPlatform(NAME, plainSpec(`${NAME}-`));
    const told =
      /^ConfigMap guarded-data-layer\/redis cannot be written: admission webhook guard\.example\.com fails: /;
    const applied = await waitCondition(api, NAME, "Applied", "False", told);
    expect(applied.reason).toBe("ServerError");
    expect(applied.message).toContain("connection refused");
    expect(applied.message.endsWith(CURE)).toBe(true);
    const ready = await waitCondition(api, NAME, "Ready", "False", /^Waiting for redis: .*guard\.example\.com/);
    expect(ready.reason).toBe("ComponentFailed");
    await eventually(
      async () => {
        const { redis, ...others } = stateOf((await api.platform(NAME)) as ProfilePlatform);
        expect(redis).toBe("Failed");
        return Object.values(others).every((state) => state === "Ready") ? others : undefined;
      },
      { what: "everything but redis is ready", timeoutMs: 60_000 },
    );
    const platform = await api.platform(NAME);
    expect(condition(platform, "Stalled")?.status).toBe("False");
    expect(condition(platform, "Reconciling")?.status).toBe("True");
  });

  test("holds back the pods that would read it, and no other platform", async () => {
    const made = (await api.children(NAME)).map(objectKey);
    expect(made).toContain("Service guarded-data-layer/redis");
    expect(made).not.toContain("StatefulSet guarded-data-layer/redis");
    await expectNeighbourUnaffected();
  });

  test("is tried again every few seconds, so that the platform is Ready soon after it is well again", async () => {
    await removeFailingWebhook(api);
    const from = performance.now();
    await bench.waitReady(NAME);
    expect(performance.now() - from).toBeLessThan(RECOVERED_WITHIN_MS);
    expect(await eventsAbout(api, NAME, "Stalled")).toEqual([]);
  });
});

test("a webhook that fails for a moment changes no condition and is worth no Event, and what it was about is done", async () => {
  await waitIdle(bench.operator);
  const before = await api.platform(NAME);
  const told = await eventsAbout(api, NAME, "PlatformNotReady", "ComponentFailed");
  const errors = await bench.operator.metric(ERRORS);
  const config = childOf(await api.children(NAME), "ConfigMap", "server");
  await installFailingWebhook(api, {
    namespace: `${NAME}-server-layer`,
    apiGroup: "",
    resource: "configmaps",
    operation: "CREATE",
  });
  await api.remove(config);
  await eventually(async () => ((await bench.operator.metric(ERRORS)) - errors >= 5 ? true : undefined), {
    what: "it was tried five times",
    timeoutMs: 5_000,
    everyMs: 10,
  });
  await removeFailingWebhook(api);
  await eventually(() => api.get(config), { what: "the ConfigMap is back", timeoutMs: 5_000 });
  await waitIdle(bench.operator);
  expect((await api.platform(NAME))?.status).toEqual(before?.status);
  expect(await eventsAbout(api, NAME, "PlatformNotReady", "ComponentFailed")).toEqual(told);
});

test("a webhook that hangs is told within 30 s, and delays other objects by no more than one call of it", async () => {
  const hang = await startHanging();
  try {
    const config = childOf(await api.children(NAME), "ConfigMap", "server");
    const service = childOf(await api.children(NAME), "Service", "redis");
    await installFailingWebhook(
      api,
      { namespace: `${NAME}-server-layer`, apiGroup: "", resource: "configmaps", operation: "CREATE" },
      { port: hang.port, timeoutSeconds: HANG_MS / 1000 },
    );
    await api.remove(config);
    const told = /^ConfigMap guarded-server-layer\/server cannot be written: .*(deadline|timeout)/;
    await waitCondition(api, NAME, "Applied", "False", told);
    for (let time = 0; time < 5; time++) {
      const ms = await msToRestore(api, service, () => api.patch(service, { metadata: { labels: null } }));
      expect(ms).toBeLessThanOrEqual(HANG_MS + 1_000);
    }
    await expectNeighbourUnaffected();
    await removeFailingWebhook(api);
    await bench.waitReady(NAME);
  } finally {
    hang.end();
  }
});

test("a webhook that fails for a removal is told, and hurts nothing that runs", async () => {
  await api.patchPlatform(NAME, { server: { autoscaling: { minReplicas: 2, maxReplicas: 3 } } });
  await bench.waitReady(NAME);
  await installFailingWebhook(api, {
    namespace: `${NAME}-server-layer`,
    apiGroup: "autoscaling",
    resource: "horizontalpodautoscalers",
    operation: "DELETE",
  });
  await api.patchPlatform(NAME, { server: { autoscaling: null } });
  const told =
    /HorizontalPodAutoscaler guarded-server-layer\/server cannot be removed: admission webhook guard\.example/;
  await waitCondition(api, NAME, "Applied", "False", told);
  await waitCondition(api, NAME, "Healthy", "True", /./);
  await expectNeighbourUnaffected();
  await removeFailingWebhook(api);
  const from = performance.now();
  await bench.waitReady(NAME);
  expect(performance.now() - from).toBeLessThan(RECOVERED_WITHIN_MS);
});

test("more new platforms than workers whose first status hangs in a webhook do not delay another one", async () => {
  const hang = await startHanging();
  try {
    await installFailingWebhook(
      api,
      {
        // Platforms are in none: labels alone decide.
        namespace: "",
        apiGroup: "profileplatform.io",
        resource: "profileplatforms/status",
        operation: "UPDATE",
        matchLabels: HANGS,
      },
      { port: hang.port },
    );
    for (const name of HANGING) {
      await api.create({ ...platformRef(name), metadata: { name, labels: HANGS }, spec: plainSpec(`${name}-`) });
    }
    await eventually(async () => ((await bench.operator.metric(ACTIVE)) >= HANGING.length ? true : undefined), {
      what: "all of them are worked on at once",
      timeoutMs: 30_000,
      everyMs: 20,
    });
    await expectNeighbourUnaffected();
    for (const name of HANGING) expect((await api.platform(name))?.status).toBeUndefined();
    await removeFailingWebhook(api);
  } finally {
    hang.end();
  }
  for (const name of HANGING) await bench.waitReady(name);
});
