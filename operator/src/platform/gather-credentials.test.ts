import { expect, test } from "vitest";
import { credentialCopy, credentialSecret } from "../components/kit/credential-secret.ts";
import { ApiError } from "../engine/api-error.ts";
import { systemClock } from "../engine/clock.ts";
import { Store } from "../engine/store.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { ANNOTATION_CONTENT_ID } from "../labels.ts";
import { CredentialUnreadableError, gatherCredentials, NO_CREDENTIALS } from "./gather-credentials.ts";
import { LiveObjects } from "./live-objects.ts";
import type { PlatformMemory } from "./memory.ts";
import { CREDENTIALS, IDENTITY, modelOfSpec } from "./testing.ts";

const NAMESPACES = { home: "data-layer", copies: ["server-layer"] };

function setUp(status = 404) {
  const store = new Store({}, () => undefined);
  const memory = { credentials: new Map(), appliedUids: new Map() } as unknown as PlatformMemory;
  let random = 0;
  const sources = {
    live: new LiveObjects(new Map([["Secret", store]]), systemClock),
    client: {
      request: () => Promise.reject(new ApiError({ status, reason: "", message: `GET: ${status}` })),
    },
    randomInt: (limit: number) => random++ % limit,
    signal: new AbortController().signal,
  };
  return { store, memory, gather: () => gatherCredentials(NAMESPACES, IDENTITY, memory, sources) };
}

const secretOf = (name: "postgresql" | "redis" | "rabbitmq") =>
  credentialSecret(modelOfSpec(), { name, layer: "data-layer" }, name);

function fill(store: Store, change = (secret: KubernetesObject) => secret): void {
  for (const name of ["postgresql", "redis", "rabbitmq"] as const) store.set(change(secretOf(name)));
}

test("what the cluster holds is taken as it is", async () => {
  const { store, gather } = setUp();
  fill(store);
  expect(await gather()).toEqual(CREDENTIALS);
});

test("what never was is generated once, and a repeated try has the same values", async () => {
  const { gather } = setUp();
  const first = await gather();
  expect(first.postgresql.values["password"]).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(new Set(Object.values(first).map(({ contentId }) => contentId)).size).toBe(3);
  expect(await gather()).toEqual(first);
});

test("what was deleted while the operator runs comes back with what it held", async () => {
  const { store, gather } = setUp();
  fill(store);
  await gather();
  store.delete(secretOf("redis"));
  expect(await gather()).toEqual(CREDENTIALS);
});

test("what was deleted while no operator ran is taken from a copy, as far as that goes", async () => {
  const { store, gather } = setUp();
  store.set(credentialCopy(modelOfSpec(), "server-layer", "rabbitmq"));
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
  const { store, gather } = setUp();
  fill(store);
  await gather();
  fill(store, (secret) => ({
    ...secret,
    metadata: { ...secret.metadata, annotations: { [ANNOTATION_CONTENT_ID]: "edited" } },
  }));
  expect(await gather()).toEqual(CREDENTIALS);
});

test("a Secret without its id keeps its values", async () => {
  const { store, gather } = setUp();
  fill(store, ({ metadata: { annotations: _annotations, ...metadata }, ...secret }) => ({
    ...(secret as KubernetesObject),
    metadata: { ...metadata, uid: "the uid" },
  }));
  expect((await gather()).redis).toEqual({ contentId: "the uid", values: CREDENTIALS.redis.values });
});

test("the Secret of somebody else is not read", async () => {
  const { store, gather } = setUp();
  fill(store, (secret) => ({ ...secret, metadata: { ...secret.metadata, labels: {} } }));
  expect((await gather()).redis.values["password"]).not.toBe(CREDENTIALS.redis.values["password"]);
});

test("credentials that were not gathered cannot be used by mistake", () => {
  expect(Object.keys(NO_CREDENTIALS)).toEqual(["postgresql", "redis", "rabbitmq"]);
  expect(() => NO_CREDENTIALS.redis).toThrow("the credentials of redis were used before they were gathered");
});
