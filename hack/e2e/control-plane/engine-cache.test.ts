import { Cache } from "@profile-platform/operator/engine/cache/cache";
import type { ChangeHandler } from "@profile-platform/operator/engine/cache/store";
import { EventRecorder } from "@profile-platform/operator/engine/events/event-recorder";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type EngineServer, silent, startEngineServer } from "./support/engine.ts";
import { CONFIG_MAP, SECRET } from "./support/resource-types.ts";

let server: EngineServer;
let namespace: string;
let stop: AbortController;

beforeAll(async () => {
  server = await startEngineServer();
});

afterAll(() => server?.stop());

beforeEach(async () => {
  namespace = await server.makeNamespace();
  stop = new AbortController();
});

afterEach(() => stop.abort());

function makeCache(): Cache {
  return new Cache({ client: server.client, log: silent, metrics: server.metrics });
}

function object(kind: "ConfigMap" | "Secret", name: string, labels = {}): KubernetesObject {
  return { apiVersion: "v1", kind, metadata: { name, namespace, labels }, data: { key: "dmFsdWU=" } };
}

function recorder(): { readonly seen: string[]; readonly handler: ChangeHandler } {
  const seen: string[] = [];
  const handler: ChangeHandler = ({ type, object, initial }) => {
    // Kubernetes itself puts its authority's certificate into each namespace.
    if (object.metadata.namespace === namespace && object.metadata.name !== "kube-root-ca.crt") {
      seen.push(`${type} ${object.metadata.name}${initial ? " initially" : ""}`);
    }
  };
  return { seen, handler };
}

async function toSee(seen: readonly string[], wanted: readonly string[]): Promise<void> {
  await eventually(async () => seen.length >= wanted.length || undefined, {
    what: `the cache tells of ${wanted.join(", ")}`,
    timeoutMs: 20_000,
    everyMs: 10,
  });
  expect(seen).toEqual(wanted);
}

describe("Cache", () => {
  test("holds what exists, then follows each change, without managedFields", async () => {
    await server.create(object("ConfigMap", "a"));
    const cache = makeCache();
    const store = cache.watch(CONFIG_MAP);
    const { seen, handler } = recorder();
    store.subscribe(handler);
    expect(cache.hasSynced()).toBe(false);
    cache.start(stop.signal);
    await cache.waitForSync(10_000);
    const listed = store.get(namespace, "a");
    expect(listed).toMatchObject({ apiVersion: "v1", kind: "ConfigMap", data: { key: "dmFsdWU=" } });
    expect(listed?.metadata).not.toHaveProperty("managedFields");

    const created = await server.create(object("ConfigMap", "b"));
    const edited = await server.edit(created, { data: { key: "other" } });
    await server.remove(object("ConfigMap", "a"));
    await toSee(seen, ["added a initially", "added b", "updated b", "deleted a"]);
    expect(store.get(namespace, "b")?.metadata.resourceVersion).toBe(edited.metadata.resourceVersion);
    expect(store.get(namespace, "b")?.metadata).not.toHaveProperty("managedFields");
  });

  test("tells of an object that no longer matches the selector as deleted", async () => {
    const cache = makeCache();
    const store = cache.watch(CONFIG_MAP, {
      labelSelector: "app=main",
      indexers: { part: ({ metadata }) => [metadata.labels?.["part"] ?? ""] },
    });
    const { seen, handler } = recorder();
    store.subscribe(handler);
    cache.start(stop.signal);
    await cache.waitForSync(10_000);
    await server.create(object("ConfigMap", "other", { app: "other" }));
    const ours = await server.create(object("ConfigMap", "ours", { app: "main", part: "x" }));
    await toSee(seen, ["added ours"]);
    expect(store.byIndex("part", "x")).toHaveLength(1);
    await server.edit(ours, { metadata: { labels: { app: null } } });
    await toSee(seen, ["added ours", "deleted ours"]);
    expect(store.byIndex("part", "x")).toEqual([]);
  });

  test("looks at Secrets only in the namespaces that it was told, and forgets them again", async () => {
    const elsewhere = await server.makeNamespace();
    const away = { ...object("Secret", "away"), metadata: { name: "away", namespace: elsewhere } };
    await server.create(away);
    await server.create(object("Secret", "a"));
    const cache = makeCache();
    const store = cache.watchByNamespace(SECRET, { transform: (secret) => ({ ...secret, data: undefined }) });
    cache.start(stop.signal);
    await cache.waitForSync(10_000);
    expect(store.list()).toEqual([]);
    store.addNamespace(namespace);
    store.addNamespace(namespace);
    await cache.waitForSync(10_000);
    expect(store.hasSynced(namespace)).toBe(true);
    expect(store.hasSynced(elsewhere)).toBe(false);
    expect(store.list().map(({ metadata }) => metadata.name)).toEqual(["a"]);
    expect(JSON.stringify(store.list())).not.toContain("dmFsdWU=");
    const { seen, handler } = recorder();
    store.subscribe(handler);
    await server.create(object("Secret", "b"));
    await toSee(seen, ["added b"]);
    store.removeNamespace(namespace);
    expect(store.list()).toEqual([]);
    expect(seen).toEqual(["added b"]);
  });

  test("fills from a list of many pages", async () => {
    const names = Array.from({ length: 620 }, (_, i) => `page-${String(i).padStart(3, "0")}`);
    for (let i = 0; i < names.length; i += 31) {
      await Promise.all(
        names.slice(i, i + 31).map((name) => server.create(object("ConfigMap", name, { paged: "yes" }))),
      );
    }
    const cache = makeCache();
    const store = cache.watch(CONFIG_MAP, { labelSelector: "paged=yes" });
    server.takeRequests();
    cache.start(stop.signal);
    await cache.waitForSync(10_000);
    expect(store.list().map(({ metadata }) => metadata.name)).toEqual(names);
    expect(server.takeRequests().slice(0, 2)).toEqual(["GET 200", "GET 200"]);
  });

  test("says so when it cannot fill", async () => {
    const cache = makeCache();
    cache.watch({ group: "example.com", version: "v1", kind: "Nothing", plural: "nothings", namespaced: true });
    cache.start(stop.signal);
    await expect(cache.waitForSync(300)).rejects.toThrow(
      "the cache did not fill within 300 ms: is the API server reachable and listing allowed?",
    );
  });
});

describe("EventRecorder", () => {
  interface Recorded extends KubernetesObject {
    readonly note: string;
    readonly series?: { readonly count: number };
  }

  async function recorded(): Promise<readonly Recorded[]> {
    const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
    return (await server.client.request<{ items: readonly Recorded[] }>({ method: "GET", path })).items;
  }

  test("records events, counts equal ones, and writes no Event for each", async () => {
    const regarding = await server.create(object("ConfigMap", "a"));
    const events = new EventRecorder({
      client: server.client,
      reportingController: "example.com/engine-test",
      reportingInstance: "pod-1",
      log: silent,
    });
    const restarted = { type: "Warning", reason: "Drifted", action: "Apply", note: "data.key was changed" } as const;
    for (let i = 0; i < 5; i++) {
      events.record(regarding, restarted);
      await events.flush();
    }
    events.record(regarding, { ...restarted, type: "Normal", reason: "Created" });
    await events.flush();
    const [first, second, ...rest] = await recorded();
    expect(rest).toEqual([]);
    expect(first).toMatchObject({
      ...restarted,
      reportingController: "example.com/engine-test",
      reportingInstance: "pod-1",
      regarding: { kind: "ConfigMap", name: "a", namespace, uid: regarding.metadata.uid },
      series: { count: 2 },
    });
    expect(second).toMatchObject({ type: "Normal", reason: "Created" });
    expect(second?.series ?? null).toBeNull();
  });

  test("neither throws nor waits when events cannot be written", async () => {
    const regarding = { ...object("ConfigMap", "a"), metadata: { name: "a", namespace: "there-is-none" } };
    const events = new EventRecorder({
      client: server.client,
      reportingController: "x/y",
      reportingInstance: "z",
      log: silent,
    });
    events.record(regarding, { type: "Normal", reason: "Created", action: "Apply", note: "" });
    await events.flush();
    expect(await recorded()).toEqual([]);
  });
});
