import { Applier, type ApplierOptions, NotOursError } from "@profile-platform/operator/engine/apply/applier";
import { deleteObject } from "@profile-platform/operator/engine/apply/pruner";
import { writeStatus } from "@profile-platform/operator/engine/apply/status-writer";
import { compactor } from "@profile-platform/operator/engine/cache/compact";
import { Interner } from "@profile-platform/operator/engine/cache/interner";
import type { ApiRequest } from "@profile-platform/operator/engine/client/api-client";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { defaultedObjects } from "./support/defaulted-objects.ts";
import { type EngineServer, silent, startEngineServer, types } from "./support/engine.ts";
import { CONFIG_MAP, DEPLOYMENT } from "./support/resource-types.ts";

let server: EngineServer;
let namespace: string;

beforeAll(async () => {
  server = await startEngineServer();
});

afterAll(() => server?.stop());

beforeEach(async () => {
  namespace = await server.makeNamespace();
  server.takeRequests();
});

function makeApplier(options: Partial<Pick<ApplierOptions, "wholeParts" | "compact" | "client">> = {}): Applier {
  const isOurs = ({ metadata }: KubernetesObject): boolean => metadata.labels?.["app"] === "main";
  return new Applier({ client: server.client, types, fieldManager: "engine-test", log: silent, isOurs, ...options });
}

/** The server's client, with something else that happens right before some requests leave. */
function clientAfter(happens: (request: ApiRequest) => Promise<unknown> | undefined): typeof server.client {
  const value = async (request: ApiRequest) => {
    await happens(request);
    return server.client.request(request);
  };
  return Object.create(server.client, { request: { value } }) as typeof server.client;
}

function configMap(data: Record<string, string>, labels: Record<string, string> = { app: "main" }): KubernetesObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "main", namespace, labels }, data };
}

describe("Applier", () => {
  test("creates, then sends nothing while nothing changes", async () => {
    const applier = makeApplier();
    const wanted = configMap({ a: "1" });
    expect(await applier.apply(wanted, undefined)).toMatchObject({ result: "created", changed: [] });
    const live = await server.read(wanted);
    expect(server.takeRequests()).toEqual(["PATCH 201"]);
    expect(await applier.apply(configMap({ a: "1" }), live)).toMatchObject({ result: "unchanged", object: live });
    expect(server.takeRequests()).toEqual([]);
  });

  test("puts right what others changed, names the fields, and leaves the fields of others", async () => {
    const applier = makeApplier();
    const wanted = configMap({ a: "1", b: "2" });
    await applier.apply(wanted, undefined);
    const edited = await server.edit(wanted, { data: { a: "x", b: null, theirs: "kept" } });
    const outcome = await applier.apply(wanted, edited);
    expect(outcome).toMatchObject({ result: "configured", changed: ["data.a", "data.b"] });
    expect((await server.read(wanted))?.["data"]).toEqual({ a: "1", b: "2", theirs: "kept" });
  });

  test("says whose fields it takes back, and takes them without asking when something else is wanted", async () => {
    const applier = makeApplier();
    await applier.apply(configMap({ a: "1", b: "2" }), undefined);
    const edited = await server.edit(configMap({}), { data: { a: "x", theirs: "kept" } });
    server.takeRequests();
    expect(await applier.apply(configMap({ a: "1", b: "2" }), edited)).toMatchObject({
      changed: ["data.a"],
      known: true,
      takenBack: [{ manager: "somebody-else", field: ".data.a" }],
    });
    expect(server.takeRequests()).toEqual(["PATCH 409", "PATCH 200"]);
    const again = await server.edit(configMap({}), { data: { a: "x" } });
    expect(await applier.apply(configMap({ a: "3", b: "2" }), again)).toMatchObject({
      changed: ["data.a"],
      known: false,
      takenBack: [],
    });
    expect(server.takeRequests()).toEqual(["PATCH 200"]);
  });

  test("removes a field that is no longer wanted, also when another process applied it", async () => {
    await makeApplier().apply(configMap({ a: "1", b: "2" }), undefined);
    const wanted = configMap({ a: "1" });
    const { changed } = await makeApplier().apply(wanted, await server.read(wanted));
    expect(changed).toEqual(["data.b"]);
    expect((await server.read(wanted))?.["data"]).toEqual({ a: "1" });
  });

  test("makes again what was deleted while the cache still shows it", async () => {
    const applier = makeApplier();
    const wanted = configMap({ a: "1" });
    const { object } = await applier.apply(wanted, undefined);
    await server.remove(wanted);
    applier.forget(wanted);
    expect(await applier.apply(wanted, object)).toMatchObject({ result: "created" });
  });

  test("makes with one request what the cache does not show, and looks at what is there all the same", async () => {
    const wanted = configMap({ a: "1" });
    await makeApplier().apply(wanted, undefined);
    expect(server.takeRequests()).toEqual(["PATCH 201"]);
    expect(await makeApplier().apply(configMap({ a: "2" }), undefined)).toMatchObject({ result: "configured" });
    expect(server.takeRequests()).toEqual(["PATCH 409", "GET 200", "PATCH 200"]);
    expect((await server.read(wanted))?.["data"]).toEqual({ a: "2" });
  });

  test("names what others changed also when the cache holds no content", async () => {
    const compact = compactor(CONFIG_MAP, { content: "all" }, new Interner());
    const applier = makeApplier({ compact });
    const wanted = configMap({ a: "1", b: "2" });
    const { object } = await applier.apply(wanted, undefined);
    expect(object).not.toHaveProperty("data");
    expect(await applier.apply(wanted, compact((await server.read(wanted)) ?? wanted))).toMatchObject({
      result: "unchanged",
      known: true,
    });
    server.takeRequests();
    const edited = await server.edit(wanted, { data: { a: "x" }, metadata: { annotations: { note: "theirs" } } });
    const outcome = await applier.apply(wanted, compact(edited));
    expect(outcome).toMatchObject({ result: "configured", changed: ["data.a"], known: true });
    // The first one only asks whose the field is.
    expect(server.takeRequests()).toEqual(["GET 200", "PATCH 409", "PATCH 200"]);
    expect(await applier.apply(wanted, outcome.object)).toMatchObject({ result: "unchanged" });
    expect(server.takeRequests()).toEqual([]);
  });

  test("takes out what others added to its own parts, with a second request that is sent only then", async () => {
    const wholeParts = { ConfigMap: ["/data"] };
    const wanted = configMap({ a: "1" });
    const { object } = await makeApplier({ wholeParts }).apply(wanted, undefined);
    const labelled = await server.edit(object, { metadata: { labels: { theirs: "kept" } } });
    server.takeRequests();
    expect(await makeApplier({ wholeParts }).apply(wanted, labelled)).toMatchObject({ result: "unchanged" });
    expect(server.takeRequests()).toEqual(["PATCH 200"]);

    const added = await server.edit(object, { data: { theirs: "x" } });
    const outcome = await makeApplier({ wholeParts }).apply(wanted, added);
    expect(outcome).toMatchObject({ result: "configured", changed: ["data.theirs"] });
    expect(server.takeRequests()).toEqual(["PATCH 200", "PATCH 200"]);
    expect((await server.read(wanted))?.["data"]).toEqual({ a: "1" });
    expect((await server.read(wanted))?.metadata.labels).toEqual({ app: "main", theirs: "kept" });
  });

  /** Another applies the same value: as long as they do, their part has to be looked at each time. */
  const shareData = ({ apiVersion, kind, metadata: { name } }: KubernetesObject) =>
    server.client.request({
      method: "PATCH",
      path: `/api/v1/namespaces/${namespace}/configmaps/${name}`,
      query: { fieldManager: "somebody-else" },
      contentType: "application/apply-patch+yaml",
      body: { apiVersion, kind, metadata: { name }, data: { a: "1" } },
    });

  test("does not take for its own what another changed between its two requests", async () => {
    const wanted = configMap({ a: "1" }, { app: "main", tier: "wanted" });
    const settle = makeApplier({ wholeParts: { ConfigMap: ["/data"] } });
    await settle.apply(wanted, undefined);
    let edits = 0;
    const client = clientAfter(({ contentType }) => {
      if (contentType !== "application/json-patch+json" || edits === 2) return undefined;
      edits += 1;
      return server.edit(wanted, { metadata: { labels: { tier: `edited-${edits}` } } });
    });
    const applier = makeApplier({ wholeParts: { ConfigMap: ["/data"] }, client });
    const shared = await shareData(wanted);
    const { object } = await applier.apply(wanted, shared);
    expect(edits).toBe(2);
    expect(object.metadata.labels).toEqual({ app: "main", tier: "wanted" });
    expect(await server.read(wanted)).toMatchObject({ data: { a: "1" }, metadata: { labels: { tier: "wanted" } } });
  });

  test("leaves an object that another changes each time for later", async () => {
    const wanted = configMap({ a: "1" }, { app: "main", tier: "wanted" });
    const wholeParts = { ConfigMap: ["/data"] };
    await makeApplier({ wholeParts }).apply(wanted, undefined);
    let edits = 0;
    const client = clientAfter(({ contentType }) =>
      contentType === "application/json-patch+json"
        ? server.edit(wanted, { metadata: { labels: { tier: `edited-${++edits}` } } })
        : undefined,
    );
    const shared = await shareData(wanted);
    await expect(makeApplier({ wholeParts, client }).apply(wanted, shared)).rejects.toMatchObject({ isConflict: true });
  });

  test("does not repeat an apply that the cache has not heard of yet", async () => {
    const applier = makeApplier();
    const { object: old } = await applier.apply(configMap({ a: "1" }), undefined);
    await applier.apply(configMap({ a: "2" }), old);
    server.takeRequests();
    expect(await applier.apply(configMap({ a: "2" }), old)).toMatchObject({ result: "unchanged" });
    expect(server.takeRequests()).toEqual([]);
  });

  test("writes nothing at rest, and nothing after a restart, for each kind with defaults", async () => {
    const objects = defaultedObjects(namespace);
    const applier = makeApplier();
    for (const object of objects) {
      const { result } = await applier.apply(object, undefined);
      expect({ kind: object.kind, result }).toEqual({ kind: object.kind, result: "created" });
    }
    const settled = await untilSettled(objects);
    for (const [index, object] of objects.entries()) {
      const { changed } = await applier.apply(object, settled[index]);
      expect({ kind: object.kind, changed }).toEqual({ kind: object.kind, changed: [] });
    }
    server.takeRequests();
    for (const [index, object] of objects.entries()) {
      await applier.apply(object, settled[index]);
    }
    expect(server.takeRequests()).toEqual([]);

    const restarted = makeApplier();
    for (const [index, object] of objects.entries()) {
      const { result, changed } = await restarted.apply(object, settled[index]);
      expect({ kind: object.kind, result, changed }).toEqual({ kind: object.kind, result: "unchanged", changed: [] });
    }
    expect(server.takeRequests()).toEqual(objects.map(() => "PATCH 200"));
    expect(await versions(objects)).toEqual(settled.map(({ metadata }) => metadata.resourceVersion));
  });

  test("refuses what belongs to another, whether the cache or the server shows it, and does not touch it", async () => {
    const theirs = configMap(
      { a: "theirs" },
      { "app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": "x" },
    );
    const created = await server.create(theirs);
    const wanted = configMap({ a: "1" });
    for (const live of [undefined, created]) {
      const refusal = makeApplier().apply(wanted, live);
      await expect(refusal).rejects.toBeInstanceOf(NotOursError);
      await expect(refusal).rejects.toMatchObject({
        ownerDescription: "is managed by Helm for x",
        message: `v1 ConfigMap ${namespace}/main exists and is managed by Helm for x: rename or remove it, it is not touched`,
      });
    }
    expect((await server.read(wanted))?.metadata.resourceVersion).toBe(created.metadata.resourceVersion);
  });

  test("does not take over an object that another made in place of ours since the cache looked", async () => {
    const wanted = configMap({ a: "1" });
    const { object } = await makeApplier().apply(wanted, undefined);
    await server.remove(wanted);
    const theirs = await server.create(configMap({ a: "theirs" }, {}));
    await expect(makeApplier().apply(wanted, object)).rejects.toBeInstanceOf(NotOursError);
    expect((await server.read(wanted))?.metadata.resourceVersion).toBe(theirs.metadata.resourceVersion);
  });

  test("says which field the API server does not know", async () => {
    const wanted = { ...configMap({}), nonsense: true };
    await expect(makeApplier().apply(wanted, undefined)).rejects.toThrow(/nonsense/);
    expect(await server.read(wanted)).toBeUndefined();
  });
});

describe("deleteObject", () => {
  test("deletes, and takes one that is gone for deleted", async () => {
    const created = await server.create(configMap({}));
    expect(await deleteObject(server.client, CONFIG_MAP, created)).toBe("deleted");
    expect(await server.read(created)).toBeUndefined();
    expect(await deleteObject(server.client, CONFIG_MAP, created)).toBe("absent");
  });

  test("does not delete another object that has the name now", async () => {
    const cached = await server.create(configMap({}));
    await server.remove(cached);
    const successor = await server.create(configMap({}));
    expect(await deleteObject(server.client, CONFIG_MAP, cached)).toBe("absent");
    expect((await server.read(successor))?.metadata.uid).toBe(successor.metadata.uid);
  });

  test("does not delete what changed between look and deletion", async () => {
    const cached = await server.create(configMap({}));
    const client = clientAfter(({ method }) =>
      method === "DELETE" ? server.edit(cached, { data: { late: "change" } }) : undefined,
    );
    await expect(deleteObject(client, CONFIG_MAP, cached)).rejects.toMatchObject({ status: 409, isConflict: true });
    expect((await server.read(cached))?.["data"]).toEqual({ late: "change" });
  });

  test("asks about the newest state, and leaves what is on its way out", async () => {
    const cached = await server.create(configMap({}));
    await server.edit(cached, { metadata: { labels: { app: "theirs" }, finalizers: ["example.com/hold"] } });
    const mayDelete = ({ metadata }: KubernetesObject): boolean => metadata.labels?.["app"] === "main";
    expect(await deleteObject(server.client, CONFIG_MAP, cached, { mayDelete })).toBe("kept");
    await server.remove(cached);
    server.takeRequests();
    expect(await deleteObject(server.client, CONFIG_MAP, cached)).toBe("terminating");
    expect(server.takeRequests()).toEqual(["GET 200"]);
    await server.edit(cached, { metadata: { finalizers: null } });
  });
});

describe("writeStatus", () => {
  test("writes a difference once, refuses to write over a newer state", async () => {
    const spec = { replicas: 0, selector: { matchLabels: { app: "x" } }, paused: true };
    const template = { metadata: { labels: { app: "x" } }, spec: { containers: [{ name: "x", image: "x" }] } };
    const metadata = { name: "main", namespace };
    const created = await server.create({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: { ...spec, template },
    });
    const [live = created] = await untilSettled([created]);
    const status = { ...(live["status"] as object), collisionCount: 7 };
    server.takeRequests();
    expect(await writeStatus(server.client, DEPLOYMENT, live, status)).toBe(true);
    const written = await server.read(live);
    expect(written?.["status"]).toEqual(status);
    expect(await writeStatus(server.client, DEPLOYMENT, written ?? live, { ...status })).toBe(false);
    expect(server.takeRequests()).toEqual(["PUT 200"]);
    await expect(writeStatus(server.client, DEPLOYMENT, live, { ...status, collisionCount: 8 })).rejects.toMatchObject({
      isConflict: true,
    });
  });
});

async function readAll(objects: readonly KubernetesObject[]): Promise<readonly KubernetesObject[]> {
  return Promise.all(objects.map(async (object) => (await server.read(object)) ?? object));
}

async function versions(objects: readonly KubernetesObject[]): Promise<readonly (string | undefined)[]> {
  return (await readAll(objects)).map(({ metadata }) => metadata.resourceVersion);
}

/** The objects once the controllers of Kubernetes have had their say: no version changed between two looks. */
async function untilSettled(objects: readonly KubernetesObject[]): Promise<readonly KubernetesObject[]> {
  let before = "";
  return eventually(
    async () => {
      const seen = await readAll(objects);
      const now = JSON.stringify(seen.map(({ metadata }) => metadata.resourceVersion));
      const settled = now === before;
      before = now;
      return settled ? seen : undefined;
    },
    { what: "the objects stay as they are", timeoutMs: 30_000, everyMs: 1500 },
  );
}
