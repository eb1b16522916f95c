import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errors } from "jose";
import type { DestinationStream } from "pino";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { until } from "../../test/instance.ts";
import { keySetOf, makeKey, type SigningKey } from "../../test/issuer.ts";
import { MountedFile } from "../../test/mounted-file.ts";
import { createLogger } from "../kit/log.ts";
import { keyFile } from "./key-file.ts";
import { KeySet, KeysUnavailableError, type Pace } from "./key-set.ts";
import type { KeySource } from "./key-source.ts";
import { createAuthMetrics } from "./metrics.ts";

// They wait for time to pass, and longer on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const [first, second] = [await makeKey(), await makeKey()];
const never = 3_600_000;
const backoff = { initial: 20, maximum: 50 };

let folder: string;
let file: MountedFile;
let sets: KeySet[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keys-"));
  file = new MountedFile(folder, "jwks.json");
  sets = [];
});
afterEach(() => {
  for (const set of sets) set.stop();
  rmSync(folder, { recursive: true });
});

async function open(
  source: KeySource,
  pace: Omit<Pace, "backoff"> & Partial<Pace>,
  now = (): number => performance.now(),
) {
  const lines: Record<string, unknown>[] = [];
  const destination: DestinationStream = { write: (line) => lines.push(JSON.parse(line)) };
  const metrics = createAuthMetrics(new Registry(), () => 0);
  const log = createLogger("test", "info", destination);
  const options = { source, algorithms: ["ES256"], pace: { backoff, ...pace }, metrics, log };
  const set = new KeySet({ ...options, now, random: Math.random });
  sets.push(set);
  await set.start();
  const knows = async ({ kid }: SigningKey): Promise<boolean> => {
    try {
      await set.find({ alg: "ES256", kid }, { payload: "", signature: "" });
      return true;
    } catch (err) {
      if (err instanceof errors.JWKSNoMatchingKey) return false;
      throw err;
    }
  };
  const reads = async () =>
    Object.fromEntries((await metrics.reads.get()).values.map(({ labels, value }) => [labels.result, value]));
  const warnings = () => lines.filter(({ level }) => level === "warn").map(({ reason }) => String(reason));
  return { set, knows, reads, warnings, count: async () => (await metrics.keys.get()).values[0]?.value };
}

describe("keys in a mounted ConfigMap", () => {
  test("are noticed when they change, without anybody asking for them", async () => {
    file.write(keySetOf(first));
    const { set, knows, reads, count } = await open(keyFile(file.path), { interval: 20, shortest: never });
    expect([await knows(first), await knows(second)]).toEqual([true, false]);
    const { generation } = set;
    const { succeeded = 0 } = await reads();
    await until("another read of the same", async () => ((await reads())["succeeded"] ?? 0) > succeeded);
    expect(set.generation).toBe(generation);
    file.write(keySetOf(first, second));
    await until("the second key", () => knows(second));
    expect([await knows(first), await count()]).toEqual([true, 2]);
    expect(set.generation).not.toBe(generation);
    file.write(keySetOf(second));
    await until("the first key to be gone", async () => !(await knows(first)));
    expect(await knows(second)).toBe(true);
  });

  test("are looked at again for the sake of an unknown one, but not more often than they may be", async () => {
    let time = 0;
    file.write(keySetOf(first));
    const { knows, reads } = await open(keyFile(file.path), { interval: never, shortest: 3_000 }, () => time);
    file.write(keySetOf(first, second));
    time = 2_999;
    expect(await Promise.all(Array.from({ length: 50 }, () => knows(second)))).not.toContain(true);
    expect(await reads()).toEqual({ succeeded: 1, failed: 0 });
    time = 3_000;
    expect(await knows(second)).toBe(true);
    expect(await reads()).toEqual({ succeeded: 2, failed: 0 });
  });

  test("that are asked for at once are read once", async () => {
    file.write(keySetOf(first));
    const { knows, reads } = await open(keyFile(file.path), { interval: never, shortest: 0 });
    file.write(keySetOf(second));
    expect(await Promise.all(Array.from({ length: 50 }, () => knows(second)))).not.toContain(false);
    expect(await reads()).toEqual({ succeeded: 2, failed: 0 });
  });

  test("that cannot be read any more go on, and are read once they can be again", async () => {
    file.write(keySetOf(first));
    const { set, knows, warnings } = await open(keyFile(file.path), { interval: 20, shortest: never });
    file.write('{"keys": [');
    await until("a warning", async () => warnings().length === 1);
    expect(warnings()[0]).toMatch(/^it is not JSON: /);
    expect(await knows(first)).toBe(true);
    await expect(set.check()).resolves.toBeUndefined();
    file.empty();
    await until("another warning", async () => warnings().length === 2);
    expect(warnings()[1]).toContain("ENOENT");
    file.write(keySetOf(second));
    await until("the second key", () => knows(second));
    expect(await knows(first)).toBe(false);
  });

  test("that were never there keep the service from being ready, until they are", async () => {
    const { set, knows, warnings } = await open(keyFile(file.path), { interval: 20, shortest: never });
    await expect(set.check()).rejects.toThrow(KeysUnavailableError);
    await expect(knows(first)).rejects.toThrow(`the keys at ${file.path} have not been had yet`);
    expect(warnings()).toHaveLength(1);
    file.write(keySetOf(first));
    await until("the first key", () => knows(first));
    await expect(set.check()).resolves.toBeUndefined();
  });
});

describe("a source that fails", () => {
  test("is not asked again by whoever names unknown keys", async () => {
    let asked = 0;
    const source = {
      name: "a source",
      read: async () => {
        asked += 1;
        if (asked > 1) throw new Error("away");
        return JSON.parse(keySetOf(first)) as unknown;
      },
    };
    const pace = { interval: never, shortest: 0, backoff: { initial: never, maximum: never } };
    const { knows } = await open(source, pace);
    for (let time = 0; time < 20; time += 1) await knows(second);
    expect(await knows(second)).toBe(false);
    expect(asked).toBe(2);
    expect(await knows(first)).toBe(true);
  });

  test("holds a request up for as long as it has patience", async () => {
    const answer = Promise.withResolvers<unknown>();
    let asked = 0;
    const read = () => ((asked += 1) === 1 ? Promise.resolve(JSON.parse(keySetOf(first)) as unknown) : answer.promise);
    const { knows } = await open({ name: "a source", read }, { interval: never, shortest: 0 });
    const began = performance.now();
    expect(await knows(second)).toBe(false);
    expect(performance.now() - began).toBeLessThan(4_000);
    // Others are not held up by it.
    expect(await knows(first)).toBe(true);
    answer.resolve(JSON.parse(keySetOf(second)));
    await until("the second key", () => knows(second));
  });
});

describe("what is no set of public keys is refused as a whole", () => {
  const jwk = first.publicJwk;
  const written = (contents: unknown): string => {
    file.write(JSON.stringify(contents));
    return file.path;
  };
  test.each([
    ["no object", [], /^it is no JSON Web Key Set/],
    ["no keys", {}, /^it is no JSON Web Key Set/],
    ["a key without its type", { keys: [{ kid: "a" }] }, /^it is no JSON Web Key Set/],
    ["an empty set", { keys: [] }, /^it has no key for ES256$/],
    ["a private key", { keys: [jwk, { ...jwk, d: "AAAA" }] }, /^it holds a private or shared key/],
    ["a shared key", { keys: [jwk, { kty: "oct", k: "AAAA" }] }, /^it holds a private or shared key/],
    ["a key for encryption", { keys: [{ ...jwk, use: "enc" }] }, /^it has no key for ES256$/],
    ["another algorithm", { keys: [{ ...jwk, alg: "ES384" }] }, /^it has no key for ES256$/],
    ["a point that is not on the curve", { keys: [{ ...jwk, x: jwk["y"] }] }, /^it has no key for ES256$/],
    ["RSA", { keys: [{ kty: "RSA", n: "AQAB", e: "AQAB" }] }, /^it has no key for ES256$/],
  ])("%s", async (_what, contents, reason) => {
    const { set, warnings } = await open(keyFile(written(contents)), { interval: never, shortest: 0 });
    await expect(set.check()).rejects.toThrow(KeysUnavailableError);
    expect(warnings().join()).toMatch(reason);
  });

  test("keys of other kinds beside it are left out", async () => {
    const keys = [{ kty: "OKP", crv: "X25519", x: "AAAA" }, { ...jwk, kid: "enc", use: "enc" }, jwk];
    const { knows, count } = await open(keyFile(written({ keys })), { interval: never, shortest: 0 });
    expect([await knows(first), await count()]).toEqual([true, 1]);
  });
});
