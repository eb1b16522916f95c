import { expect, test } from "vitest";
import { credentialCopy, credentialSecret } from "../../components/kit/credential-secret.ts";
import { Store } from "../../engine/cache/store.ts";
import type { ApiClient, ApiRequest } from "../../engine/client/api-client.ts";
import { ApiError } from "../../engine/client/api-error.ts";
import { objectPath, ResourceTypes } from "../../engine/client/resource-type.ts";
import { systemClock } from "../../engine/kit/clock.ts";
import { createLogger } from "../../engine/kit/log.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { ANNOTATION_CONTENT_ID } from "../../labels.ts";
import { makeCompactChild } from "../live/compact-child.ts";
import { APPLIED_TYPES, SECRET_TYPE } from "../live/kinds.ts";
import { LiveObjects } from "../live/live-objects.ts";
import { Memories } from "../memories.ts";
import { CREDENTIALS, IDENTITY, modelOfSpec } from "../testing.ts";
import { CredentialUnreadableError, gatherCredentials, NO_CREDENTIALS } from "./gather-credentials.ts";

const PLACES = {
  names: ["postgresql", "redis", "rabbitmq"] as const,
  home: "data-layer",
  copies: ["server-layer"],
  fresh: new Set<string>(),
};

/** Objects by path, answered as an API server would; each that is set has a new uid. */
function setUp(status = 404) {
  const compact = makeCompactChild();
  const store = new Store({}, () => undefined);
  const objects = new Map<string, KubernetesObject>();
  const reads: string[] = [];
  let uids = 0;
  let random = 0;
  const pathOf = (object: KubernetesObject) => objectPath(SECRET_TYPE, object);
  const set = (secret: KubernetesObject): KubernetesObject => {
    const found = { ...secret, metadata: { uid: `uid-${++uids}`, ...secret.metadata } };
    objects.set(pathOf(secret), found);
    store.set(compact(found));
    return found;
  };
  const answer = ({ method, path, body }: ApiRequest): KubernetesObject => {
    if (method === "PATCH") return set(body as KubernetesObject);
    reads.push(path);
    const found = objects.get(path);
    if (found === undefined) throw new ApiError({ status, reason: "", message: `GET: ${status}` });
    return found;
  };
  const client = { request: async (request: ApiRequest) => answer(request) } as unknown as ApiClient;
  const types = new ResourceTypes(APPLIED_TYPES);
  const memory = new Memories({ client, types, log: createLogger("error"), compact }).of(IDENTITY);
  const sources = {
    live: new LiveObjects(new Map([["Secret", store]]), systemClock, compact),
    client,
    randomInt: (limit: number) => random++ % limit,
    issue: () => ({}),
    signal: new AbortController().signal,
  };
  return {
    memory,
    set,
    remove: (secret: KubernetesObject) => {
      objects.delete(pathOf(secret));
      store.delete(secret);
    },
    apply: (secret: KubernetesObject) =>
      memory.applier.apply(secret, store.get(secret.metadata.namespace, secret.metadata.name)),
    takeReads: () => reads.splice(0),
    gather: () => gatherCredentials(PLACES, IDENTITY, memory, sources),
  };
}

const NAMES = ["postgresql", "redis", "rabbitmq"] as const;

const secretOf = (name: (typeof NAMES)[number]) => credentialSecret(modelOfSpec(), { name, layer: "data-layer" }, name);

const secrets = (change = (secret: KubernetesObject) => secret) => NAMES.map((name) => change(secretOf(name)));

test("what the cluster holds is taken as it is", async () => {
  const { set, gather } = setUp();
  secrets().forEach(set);
  expect(await gather()).toEqual(CREDENTIALS);
});

test("a Secret is read once: the values of the one that was applied cannot change", async () => {
  const { set, apply, gather, takeReads } = setUp();
  secrets().forEach(set);
  await gather();
  for (const secret of secrets()) await apply(secret);
  expect(takeReads()).toHaveLength(NAMES.length);
  expect(await gather()).toEqual(CREDENTIALS);
  expect(takeReads()).toEqual([]);

  const { values } = CREDENTIALS.redis;
  set({ ...secretOf("redis"), data: { password: Buffer.from("another").toString("base64") } });
  expect((await gather()).redis.values).toEqual({ ...values, password: "another" });
  expect(takeReads()).toHaveLength(1);
});

test("what never was is generated once, and a repeated try has the same values", async () => {
  const { gather } = setUp();
  const first = await gather();
  expect(first.postgresql.values["password"]).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(new Set(Object.values(first).map(({ contentId }) => contentId)).size).toBe(3);
  expect(await gather()).toEqual(first);
});

test("what was deleted while the operator runs comes back with what it held", async () => {
  const { set, remove, gather } = setUp();
  secrets().forEach(set);
  await gather();
  remove(secretOf("redis"));
  expect(await gather()).toEqual(CREDENTIALS);
});

test("what was deleted while no operator ran is taken from a copy, as far as that goes", async () => {
  const { set, gather } = setUp();
  set(credentialCopy(modelOfSpec(), "server-layer", "rabbitmq"));
  const { contentId, values } = (await gather()).rabbitmq;
  expect(values).toMatchObject({ username: "profiles", password: CREDENTIALS.rabbitmq.values["password"] });
  expect(values["erlang-cookie"]).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(contentId).not.toBe(CREDENTIALS.rabbitmq.contentId);
});

test("a Secret that cannot be read is never taken for one that does not exist", async () => {
  const { gather, memory } = setUp(403);
  await expect(gather()).rejects.toThrow(CredentialUnreadableError);
  expect(memory.credentials.size).toBe(0);
});

test("an id that was edited by hand restarts nothing", async () => {
  const { set, gather } = setUp();
  secrets().forEach(set);
  await gather();
  const edited = { [ANNOTATION_CONTENT_ID]: "edited" };
  secrets((secret) => ({ ...secret, metadata: { ...secret.metadata, annotations: edited } })).forEach(set);
  expect(await gather()).toEqual(CREDENTIALS);
});

test("a Secret without its id keeps its values", async () => {
  const { set, gather } = setUp();
  secrets(({ metadata: { annotations: _annotations, ...metadata }, ...secret }) => ({
    ...(secret as KubernetesObject),
    metadata: { ...metadata, uid: "the uid" },
  })).forEach(set);
  expect((await gather()).redis).toEqual({ contentId: "the uid", values: CREDENTIALS.redis.values });
});

test("the Secret of somebody else is not read", async () => {
  const { set, gather } = setUp();
  secrets((secret) => ({ ...secret, metadata: { ...secret.metadata, labels: {} } })).forEach(set);
  expect((await gather()).redis.values["password"]).not.toBe(CREDENTIALS.redis.values["password"]);
});

test("credentials that were not gathered cannot be used by mistake", () => {
  const ofBackups = ["postgresql-repository", "postgresql-repository-tls"];
  expect(Object.keys(NO_CREDENTIALS)).toEqual(["postgresql", "redis", "rabbitmq", ...ofBackups]);
  expect(() => NO_CREDENTIALS.redis).toThrow("the credentials of redis were used before they were gathered");
});
