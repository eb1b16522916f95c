import { describe, expect, test } from "vitest";
import { keySecret } from "../../components/server-layer/auth/key-secret.ts";
import {
  makeSigningKey,
  type SigningKey,
  signingKeySecretName,
} from "../../components/server-layer/auth/signing-key.ts";
import { RETIRED_AFTER_MS } from "../../components/server-layer/auth/signing-keys.ts";
import { rfc3339 } from "../../engine/apply/conditions.ts";
import { Store } from "../../engine/cache/store.ts";
import type { ApiClient, ApiRequest } from "../../engine/client/api-client.ts";
import { ApiError } from "../../engine/client/api-error.ts";
import { objectPath, ResourceTypes } from "../../engine/client/resource-type.ts";
import { createLogger } from "../../engine/kit/log.ts";
import { FakeClock } from "../../engine/testing/fake-clock.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { makeCompactChild } from "../live/compact-child.ts";
import { APPLIED_TYPES, SECRET_TYPE } from "../live/kinds.ts";
import { LiveObjects } from "../live/live-objects.ts";
import { Memories } from "../memories.ts";
import { IDENTITY, modelOfSpec } from "../testing.ts";
import { CredentialUnreadableError } from "./gather-credentials.ts";
import { gatherSigningKeys } from "./gather-signing-keys.ts";

const HOUR = 3_600_000;
const INTERVAL = 48 * HOUR;
const MODEL = modelOfSpec({ auth: { embedded: { keyRotation: { interval: "48h" } } } });
const kids = (keys: readonly SigningKey[]) => keys.map(({ publicJWK }) => publicJWK.kid);

/** Secrets by path, answered as an API server would, with its own clock. */
function setUp({ listStatus, reviewStatus }: { readonly listStatus?: number; readonly reviewStatus?: number } = {}) {
  const compact = makeCompactChild();
  const store = new Store({ platform: () => [IDENTITY.name] }, () => undefined);
  const secrets = new Map<string, KubernetesObject>();
  const requests: string[] = [];
  /** The operator's. */
  const clock = new FakeClock();
  /** By how much the operator's clock is ahead of the API server's. */
  let aheadMs = 0;
  let uids = 0;
  const pathOf = (secret: KubernetesObject) => objectPath(SECRET_TYPE, secret);
  const fail = (status: number) => new ApiError({ status, reason: "Because", message: "no" });
  const answer = ({ method, path }: ApiRequest): unknown => {
    const [short] = path.split("/").slice(-1);
    requests.push(`${method} ${short}`);
    if (method === "POST") {
      if (reviewStatus !== undefined) throw fail(reviewStatus);
      const creationTimestamp = rfc3339(clock.now() - aheadMs);
      return { metadata: { creationTimestamp }, status: { userInfo: { username: "operator" } } };
    }
    if (short === "secrets") {
      if (listStatus !== undefined) throw fail(listStatus);
      return { items: [...secrets.values()] };
    }
    const found = secrets.get(path);
    if (found === undefined) throw fail(404);
    return found;
  };
  const client = { request: async (request: ApiRequest) => answer(request) } as unknown as ApiClient;
  const types = new ResourceTypes(APPLIED_TYPES);
  const newMemory = () => new Memories({ client, types, log: createLogger("error"), compact }).of(IDENTITY);
  let memory = newMemory();
  const live = new LiveObjects(new Map([["Secret", store]]), clock, compact);
  const signal = new AbortController().signal;
  const sources = { client, live, makeKey: makeSigningKey, now: () => clock.now(), signal };
  const { auth } = MODEL;
  if (auth.issuer !== "embedded") throw new Error("the model has no embedded issuer");
  const put = (key: SigningKey, metadata: Partial<KubernetesObject["metadata"]> = {}): KubernetesObject => {
    const secret = keySecret(MODEL, key);
    const creationTimestamp = rfc3339(clock.now() - aheadMs);
    const found = { ...secret, metadata: { uid: `uid-${++uids}`, creationTimestamp, ...secret.metadata, ...metadata } };
    secrets.set(pathOf(found), found);
    store.set(compact(found));
    return found;
  };
  return {
    put,
    remove: (key: SigningKey) => {
      const secret = keySecret(MODEL, key);
      secrets.delete(pathOf(secret));
      store.delete(secret);
    },
    gather: (isFresh = false) =>
      gatherSigningKeys({ namespace: "server-layer", isFresh }, auth, IDENTITY, memory, sources),
    restart: () => {
      memory = newMemory();
    },
    wait: (ms: number) => clock.block(ms),
    setAhead: (ms: number) => {
      clock.setWall(ms - aheadMs);
      aheadMs = ms;
    },
    takeRequests: () => requests.splice(0),
  };
}

/** Gathers, and makes the Secrets of the keys that there are to be. */
async function carryOut({ gather, put }: ReturnType<typeof setUp>, known: Set<string>) {
  const gathered = await gather();
  for (const key of gathered.keys) {
    if (!known.has(key.publicJWK.kid)) put(key);
    known.add(key.publicJWK.kid);
  }
  return gathered;
}

describe("the first key", () => {
  test("is made where there is none, and a repeated try has the same one", async () => {
    const { gather } = setUp();
    const first = await gather();
    expect(first).toMatchObject({ lookAgainMs: INTERVAL, trouble: undefined });
    expect(first.keys).toHaveLength(1);
    expect((await gather()).keys).toEqual(first.keys);
  });

  test("of a namespace that was made a moment ago is not looked for", async () => {
    const { gather, takeRequests } = setUp();
    await gather(true);
    expect(takeRequests()).toEqual([]);
  });

  test("is read once after it was made, and then left in peace", async () => {
    const all = setUp();
    const { keys } = await carryOut(all, new Set());
    expect(all.takeRequests()).toEqual(["GET secrets"]);
    await all.gather();
    expect(all.takeRequests()).toEqual([`GET ${signingKeySecretName(kids(keys)[0] ?? "")}`]);
    all.wait(HOUR);
    expect(await all.gather()).toEqual({ keys, lookAgainMs: INTERVAL - HOUR, trouble: undefined });
    expect(all.takeRequests()).toEqual([]);
  });
});

test("an operator that starts takes the keys that there are, oldest first", async () => {
  const { put, wait, gather } = setUp();
  const [old, young] = [makeSigningKey(), makeSigningKey()];
  put(old);
  wait(HOUR);
  put(young);
  expect(kids((await gather()).keys)).toEqual(kids([old, young]));
});

test("keys that cannot be listed are never taken for none", async () => {
  const { gather } = setUp({ listStatus: 500 });
  await expect(gather()).rejects.toThrow(CredentialUnreadableError);
});

test("a key that is put back from elsewhere is taken for one, and not removed", async () => {
  const all = setUp();
  const [own] = (await carryOut(all, new Set())).keys;
  await all.gather();
  all.wait(HOUR);
  const other = makeSigningKey();
  all.put(other);
  const { keys } = await all.gather();
  expect(kids(keys)).toEqual(kids([own as SigningKey, other]));
  all.takeRequests();
  await all.gather();
  expect(all.takeRequests()).toEqual([]);
});

test("what is no key of this platform is not taken for one", async () => {
  const { put, gather } = setUp();
  const key = makeSigningKey();
  put(key, { name: "server-signing-key-another000" });
  expect(kids((await gather()).keys)).not.toContain(key.publicJWK.kid);
});

test("a key that was deleted while the operator runs comes back", async () => {
  const all = setUp();
  const [key] = (await carryOut(all, new Set())).keys;
  await all.gather();
  all.remove(key as SigningKey);
  expect((await all.gather()).keys).toEqual([key]);
  all.put(key as SigningKey);
  expect((await all.gather()).keys).toEqual([key]);
});

test("a key that was revoked is none any more, and another one is made", async () => {
  const all = setUp();
  const [key] = (await carryOut(all, new Set())).keys;
  all.put(key as SigningKey, { annotations: { "profileplatform.io/revoked": "leaked" } });
  const after = (await all.gather()).keys;
  expect(after).toHaveLength(1);
  expect(after).not.toEqual([key]);
  all.restart();
  expect((await all.gather()).keys).not.toContainEqual(key);
});

describe("when its time has come", () => {
  test("another key is made, once, and the former one stays until its tokens are over", async () => {
    const all = setUp();
    const known = new Set<string>();
    const [first] = (await carryOut(all, known)).keys;
    all.wait(INTERVAL);
    const both = (await carryOut(all, known)).keys;
    expect(both).toHaveLength(2);
    expect(both[0]).toEqual(first);
    expect(await all.gather()).toMatchObject({ keys: both, lookAgainMs: RETIRED_AFTER_MS });
    all.wait(RETIRED_AFTER_MS - 1_000);
    expect((await all.gather()).keys).toEqual(both);
    all.wait(1_000);
    expect((await all.gather()).keys).toEqual(both.slice(1));
  });

  test("an operator that was killed after the new key goes on with it; before that it makes another", async () => {
    const all = setUp();
    const known = new Set<string>();
    await carryOut(all, known);
    all.wait(INTERVAL);
    const lost = (await all.gather()).keys[1] as SigningKey;
    all.restart();
    const both = (await carryOut(all, known)).keys;
    expect(kids(both)).not.toContain(lost.publicJWK.kid);
    all.restart();
    expect((await carryOut(all, known)).keys).toEqual(both);
  });

  test("a clock that runs ahead makes no key and drops none: the API server's says that it is not time", async () => {
    const all = setUp();
    const known = new Set<string>();
    await carryOut(all, known);
    all.wait(INTERVAL);
    const both = (await carryOut(all, known)).keys;
    all.takeRequests();
    for (let restarts = 0; restarts < 3; restarts++) {
      all.setAhead(10_000 * HOUR);
      all.restart();
      expect(await all.gather()).toEqual({ keys: both, lookAgainMs: RETIRED_AFTER_MS, trouble: undefined });
      expect(all.takeRequests()).toContain("POST selfsubjectreviews");
    }
    // A clock that runs behind does so later.
    all.setAhead(-10_000 * HOUR);
    expect((await all.gather()).keys).toEqual(both);
    expect(all.takeRequests()).toEqual([]);
  });

  test("and nobody says what time it is, all stays as it is, and that is told", async () => {
    const all = setUp({ reviewStatus: 403 });
    const known = new Set<string>();
    const { keys } = await carryOut(all, known);
    all.wait(INTERVAL);
    const gathered = await all.gather();
    expect(gathered).toMatchObject({ keys, lookAgainMs: 60_000 });
    expect(gathered.trouble?.status).toBe(403);
  });
});
