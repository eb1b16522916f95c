import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { until } from "../../test/instance.ts";
import { makeKey } from "../../test/issuer.ts";
import { OidcIssuer } from "../../test/oidc-issuer.ts";
import { reasonOf } from "../kit/errors.ts";
import { createLogger } from "../kit/log.ts";
import { authSettings } from "./config.ts";
import { KeySet, KeysUnavailableError, type Pace } from "./key-set.ts";
import { createAuthMetrics } from "./metrics.ts";
import { oidcKeys } from "./oidc.ts";
import { createVerifier } from "./verify.ts";

// They wait for time to pass, and longer on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const never = 3_600_000;
const backoff = { initial: 20, maximum: 50 };
/** Milliseconds for an answer. */
const patience = 1_000;
let oidc: OidcIssuer;
let sets: KeySet[];

beforeEach(async () => {
  oidc = await OidcIssuer.start();
  sets = [];
});
afterEach(async () => {
  for (const set of sets) set.stop();
  await oidc.stop();
});

async function open(pace: Omit<Pace, "backoff">) {
  const settings = authSettings({
    AUTH_OIDC_ISSUER: oidc.url,
    AUTH_AUDIENCE: "profile-platform",
    AUTH_ROLES_CLAIM: "roles",
  });
  const keys = new KeySet({
    source: oidcKeys(oidc.url, patience),
    algorithms: settings.algorithms,
    pace: { ...pace, backoff },
    metrics: createAuthMetrics(new Registry(), () => 0),
    log: createLogger("test", "silent"),
    now: () => performance.now(),
    random: Math.random,
  });
  sets.push(keys);
  await keys.start();
  return { keys, verify: createVerifier({ settings, find: keys.find, now: Date.now }) };
}

describe("an OpenID Connect issuer", () => {
  test.each(["RS256", "PS256", "ES256", "ES384", "EdDSA"])("may sign with %s", async (algorithm) => {
    oidc.keys = [await makeKey(algorithm)];
    const { verify } = await open({ interval: never, shortest: never });
    expect(await verify(await oidc.issuer.token({ roles: "viewer" }))).toMatchObject({ role: "viewer" });
  });

  test("may go over to another key, which is looked for when a token names it", async () => {
    const { verify } = await open({ interval: never, shortest: 0 });
    const before = await oidc.issuer.token();
    oidc.keys = [...oidc.keys, await makeKey("RS256")];
    expect((await verify(await oidc.issuer.token())).role).toBe("admin");
    expect((await verify(before)).role).toBe("admin");
    expect(oidc.fetched).toBe(2);
    oidc.keys = oidc.keys.slice(1);
    // Until somebody looks, what was known stays known.
    expect((await verify(before)).role).toBe("admin");
    await expect(verify(await oidc.issuer.token({ header: { kid: "unknown" } }))).rejects.toThrow("names no key");
    await expect(verify(before)).rejects.toThrow("names no key");
  });

  test("is not asked more often than it may be, whatever keys tokens name", async () => {
    const { verify } = await open({ interval: never, shortest: never });
    const forged = await oidc.issuer.token({ header: { kid: "unknown" } });
    for (let time = 0; time < 20; time += 1) await expect(verify(forged)).rejects.toThrow("names no key");
    expect(oidc.fetched).toBe(1);
  });

  test.each(["with-500", "never", "broken"] as const)(
    "that answers %s leaves what is known as it is",
    async (manner) => {
      const { keys, verify } = await open({ interval: 50, shortest: 0 });
      const token = await oidc.issuer.token();
      oidc.manner = manner;
      const began = performance.now();
      await until("keys that are old", async () => keys.age() > 500);
      expect(performance.now() - began).toBeLessThan(5_000);
      expect((await verify(token)).role).toBe("admin");
      await expect(keys.check()).resolves.toBeUndefined();
      oidc.keys = [await makeKey("RS256")];
      oidc.manner = "well";
      await until("the new key", async () => (await verify(await oidc.issuer.token())).role === "admin");
    },
  );

  test.each(["with-500", "never", "broken"] as const)(
    "that answers %s from the start is waited for",
    async (manner) => {
      oidc.manner = manner;
      const { keys, verify } = await open({ interval: 50, shortest: 0 });
      await expect(keys.check()).rejects.toThrow(KeysUnavailableError);
      await expect(verify(await oidc.issuer.token())).rejects.toThrow(KeysUnavailableError);
      oidc.manner = "well";
      await until("the keys", async () => (await verify(await oidc.issuer.token())).role === "admin");
    },
  );
});

describe("what is wrong with an issuer is said", () => {
  const reason = async (): Promise<string> =>
    oidcKeys(oidc.url, patience)
      .read()
      .then(() => "nothing", reasonOf);

  test.each([
    [
      "another issuer",
      { issuer: "https://other.test" },
      /openid-configuration is that of https:\/\/other\.test: set AUTH_OIDC_ISSUER/,
    ],
    ["no address of keys", { jwks_uri: undefined }, /has no issuer and jwks_uri$/],
    [
      "keys by http from elsewhere",
      { jwks_uri: "http://evil.test/certs" },
      /^its jwks_uri http:\/\/evil\.test\/certs is not an https URL/,
    ],
    [
      "keys that are not there",
      { jwks_uri: "http://127.0.0.1:1/certs" },
      /^while fetching the keys from its jwks_uri: .*/,
    ],
  ])("%s", async (_what, metadata, expected) => {
    oidc.metadata = metadata;
    expect(await reason()).toMatch(expected);
  });

  test("an error, and silence", async () => {
    oidc.manner = "with-500";
    expect(await reason()).toMatch(/^while fetching http.*openid-configuration: it was answered with 500$/);
    oidc.manner = "never";
    expect(await reason()).toMatch(/^while fetching http.*: The operation was aborted due to timeout$/);
  });

  test("an address with a slash at its end is one with it in iss as well", async () => {
    oidc.metadata = { issuer: `${oidc.url}/` };
    expect(await oidcKeys(`${oidc.url}/`, patience).read()).toMatchObject({ keys: [{ kty: "RSA" }] });
  });
});
