import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { makeToken } from "@profile-platform/operator/token";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CommandError, run } from "../../../cluster/embedded/command.ts";
import { answer, type FaultProxy } from "../../../faults/index.ts";
import { type ClassBench, startClassBench, waitCondition } from "../../control-plane/support/class-bench.ts";
import { startBenchProxy } from "../../control-plane/support/fault-proxy.ts";
import { account, waitIdle } from "../../control-plane/support/idle.ts";
import { type KubeApi, platformRef } from "../../control-plane/support/kube-api.ts";
import { type JWK, keysOf, verifyToken } from "../../control-plane/support/tokens.ts";
import { kubeconfigWithToken } from "../../support/administrator.ts";
import { eventually } from "../../support/eventually.ts";
import { lastWritesOf, objectKey } from "../../support/platform.ts";

const NAME = "issuer";
const NAMESPACE = "issuer-server-layer";
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MINUTE = 60_000;
const PROGRAM = fileURLToPath(new URL("../../../../operator/bin/profileplatform", import.meta.url));
const AGE_KEYS = pathToFileURL(fileURLToPath(new URL("../../control-plane/support/age-keys.ts", import.meta.url))).href;

const ref = (apiVersion: string, kind: string, name: string) => ({
  apiVersion,
  kind,
  metadata: { namespace: NAMESPACE, name },
});
const JWKS = ref("v1", "ConfigMap", "server-jwks");
const ROLE = ref("rbac.authorization.k8s.io/v1", "Role", "token-issuer");
const SERVER = ref("apps/v1", "Deployment", "server");
const POLICY = ref("networking.k8s.io/v1", "NetworkPolicy", "server");

let bench: ClassBench;
let api: KubeApi;
let proxy: FaultProxy;
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "profile-platform-tokens-"));
  bench = await startClassBench();
  ({ api } = bench);
  proxy = await startBenchProxy(bench.bench);
  await bench.createReady(NAME, { namespacePrefix: "issuer-" });
  await waitIdle(bench.operator);
});

afterAll(async () => {
  ageKeys({});
  await proxy?.stop();
  await bench?.stop();
  await rm(dir, { recursive: true });
});

const published = async (): Promise<readonly JWK[]> => keysOf(await api.get(JWKS));

/** Secrets of signing keys that are not on their way out, oldest first as the ConfigMap has them. */
async function keySecrets(): Promise<readonly KubernetesObject[]> {
  const all = (await api.children(NAME)).filter(
    ({ kind, metadata: { labels, deletionTimestamp } }) =>
      kind === "Secret" && labels?.["profileplatform.io/signing-key"] === "true" && deletionTimestamp === undefined,
  );
  return all.sort((a, b) => createdAt(a) - createdAt(b) || (a.metadata.name < b.metadata.name ? -1 : 1));
}

const createdAt = ({ metadata }: KubernetesObject): number => Date.parse(metadata.creationTimestamp ?? "");

/** Waits until as many keys are there, each of them published. */
async function untilKeys(count: number): Promise<readonly KubernetesObject[]> {
  return eventually(
    async () => {
      const [secrets, keys] = [await keySecrets(), await published()];
      expect([secrets.length, keys.length]).toEqual([count, count]);
      return secrets;
    },
    { what: `there are ${count} keys`, timeoutMs: 30_000, everyMs: 50 },
  );
}

/** For operators that start from now on, Secrets are so many milliseconds older than they are. */
function ageKeys(ages: Readonly<Record<string, number>>): void {
  if (Object.keys(ages).length === 0) {
    delete process.env["NODE_OPTIONS"];
    delete process.env["AGED_SECRETS"];
    return;
  }
  process.env["NODE_OPTIONS"] = `--import=${AGE_KEYS}`;
  process.env["AGED_SECRETS"] = JSON.stringify(ages);
}

const ageOf = (secret: KubernetesObject | undefined, ms: number) => ({ [secret?.metadata.name ?? ""]: ms });
const token = (now?: number) => makeToken(api.client, { role: "editor", platform: NAME }, now);
const pods = async () => new Set((await api.pods(NAME)).map(({ metadata }) => metadata.uid));

function profileplatform(kubeconfig: string, ...args: readonly string[]): Promise<string> {
  return run(PROGRAM, ["token", "--kubeconfig", kubeconfig, ...args]);
}

describe("a new platform", () => {
  test("has one key, published, for the server to look at, and for who is given the Role to sign with", async () => {
    const [secret, ...others] = await untilKeys(1);
    expect(others).toEqual([]);
    expect(secret).toMatchObject({ type: "Opaque", immutable: true });
    expect(Object.keys(secret?.["data"] as object)).toEqual(["private.pem"]);
    expect((await api.get(ROLE))?.["rules"]).toEqual([
      { apiGroups: [""], resources: ["configmaps"], resourceNames: ["server-jwks"], verbs: ["get"] },
      { apiGroups: [""], resources: ["secrets"], resourceNames: [secret?.metadata.name], verbs: ["get"] },
    ]);
    expect(await api.get(SERVER)).toHaveProperty(
      "spec.template.spec.volumes",
      expect.arrayContaining([{ name: "jwks", configMap: { name: "server-jwks", defaultMode: 0o444 } }]),
    );
    const mounted = JSON.stringify((await api.pods(NAME)).map((pod) => pod["spec"]));
    expect(mounted).not.toContain(secret?.metadata.name);
  });

  test("gives tokens at once, which its published key verifies", async () => {
    const { kid, claims } = await verifyToken(await token(), await published());
    expect(kid).toBe((await published())[0]?.kid);
    expect(claims).toMatchObject({
      iss: "https://server.issuer-server-layer.svc.cluster.local",
      aud: "profile-platform",
      roles: ["editor"],
    });
    expect(claims["sub"]).not.toBe("");
    expect((claims["exp"] as number) - (claims["iat"] as number)).toBe(3_600);
  });

  test("writes nothing more when it is looked at again, and an operator that starts makes no key", async () => {
    const before = lastWritesOf(await api.children(NAME));
    const { writes } = await account(bench.operator);
    await api.patch(platformRef(NAME), { metadata: { labels: { looked: "again" } } });
    await waitIdle(bench.operator);
    expect((await account(bench.operator)).writes).toBe(writes);
    await bench.restartOperator();
    await waitIdle(bench.operator);
    expect(lastWritesOf(await api.children(NAME))).toEqual(before);
  });

  test("has its key back when somebody deletes the Secret, and tokens of it hold on", async () => {
    const [before] = await untilKeys(1);
    const former = await token();
    await api.remove(before as KubernetesObject);
    const [after] = await eventually(
      async () => {
        const found = await keySecrets();
        return found.length === 1 && found[0]?.metadata.uid !== before?.metadata.uid ? found : undefined;
      },
      { what: "the Secret is back", timeoutMs: 10_000 },
    );
    expect(after?.["data"]).toEqual(before?.["data"]);
    await verifyToken(former, await published());
  });
});

describe("profileplatform token", () => {
  test("prints the token and nothing else", async () => {
    const { kubeconfig } = bench.bench.kubectl;
    const out = await profileplatform(kubeconfig, "--role", "admin", "--subject", "ada", "--expires", "15m");
    expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const { claims } = await verifyToken(out.trim(), await published());
    expect(claims).toMatchObject({ sub: "ada", roles: ["admin"] });
  });

  test("refuses what the platform does not allow, with a sentence", async () => {
    const { kubeconfig } = bench.bench.kubectl;
    const failed = profileplatform(kubeconfig, "--role", "viewer", "--expires", "25h");
    await expect(failed).rejects.toThrow(/error: A token of this platform lives 24h at most, and 25h is longer/);
    await expect(failed.catch((error: unknown) => (error as CommandError).code)).resolves.toBe(2);
    await expect(profileplatform(kubeconfig, "--role", "root")).rejects.toThrow(/viewer, editor, admin/);
  });

  test("is for who has the Role token-issuer, who can read no other Secret", async () => {
    const { kubectl } = bench.bench;
    await kubectl.run(["create", "serviceaccount", "ci", "-n", "default"]);
    const kubeconfig = join(dir, "ci");
    const credential = await kubectl.run(["create", "token", "ci", "-n", "default"]);
    await writeFile(kubeconfig, kubeconfigWithToken(kubectl.kubeconfig, credential.trim()), { mode: 0o600 });
    const issue = () => profileplatform(kubeconfig, "--role", "viewer", "--namespace", NAMESPACE);
    await expect(issue()).rejects.toThrow(/gives you the Role token-issuer/);
    await kubectl.run([
      "create",
      "rolebinding",
      "ci",
      "-n",
      NAMESPACE,
      "--role=token-issuer",
      "--serviceaccount=default:ci",
    ]); // prettier-ignore
    const out = await eventually(() => issue().catch(() => undefined), { what: "a token", timeoutMs: 10_000 });
    const { claims } = await verifyToken(out.trim(), await published());
    expect(claims["sub"]).toBe("system:serviceaccount:default:ci");
    const may = (...args: readonly string[]) =>
      kubectl.try(["auth", "can-i", ...args, "-n", NAMESPACE, "--as=system:serviceaccount:default:ci"]);
    expect((await may("get", "secret/redis-credentials")).stdout).toBe("no\n");
    expect((await may("list", "secrets")).stdout).toBe("no\n");
  });
});

describe("when a key is as old as the interval", () => {
  let first: KubernetesObject;

  beforeAll(async () => {
    [first] = (await untilKeys(1)) as [KubernetesObject];
  });

  test("an operator that is killed before the next one's Secret is made takes nothing away and leaves nothing behind", async () => {
    await bench.operator.stop();
    const [key] = await published();
    ageKeys(ageOf(first, 31 * DAY));
    const path = /\/secrets\/server-signing-key-/;
    proxy.rule({
      match: { methods: ["PATCH"], path, where: ({ path: of }) => !of.endsWith(first.metadata.name) },
      fault: answer(503),
    });
    const halfWay = await bench.bench.startOperator({ kubeconfig: proxy.kubeconfigPath });
    const lost = await eventually(
      async () => {
        const keys = await published();
        return keys.length === 2 ? keys[1] : undefined;
      },
      { what: "the next key is published", timeoutMs: 30_000, everyMs: 20 },
    );
    await halfWay.kill();
    await proxy.restore();
    await bench.bench.deleteLease();
    expect((await keySecrets()).map(objectKey)).toEqual([objectKey(first)]);
    // Nobody signs with what is only published.
    expect((await verifyToken(await token(), await published())).kid).toBe(key?.kid);

    const before = await pods();
    await bench.restartOperator();
    await untilKeys(2);
    const kids = (await published()).map(({ kid }) => kid);
    expect(kids[0]).toBe(key?.kid);
    expect(kids).not.toContain(lost.kid);
    expect(await pods()).toEqual(before);
  });

  test("the next one signs five minutes later, and the former one's tokens hold on", async () => {
    const [old, next] = await published();
    const secrets = await untilKeys(2);
    const made = createdAt(secrets[1] as KubernetesObject);
    const former = await verifyToken(await token(made + 5 * MINUTE - 1), await published());
    expect(former.kid).toBe(old?.kid);
    const latter = await verifyToken(await token(made + 5 * MINUTE), await published());
    expect(latter.kid).toBe(next?.kid);
    const rules = (await api.get(ROLE))?.["rules"] as readonly { readonly resourceNames: readonly string[] }[];
    expect(rules[1]?.resourceNames).toEqual(secrets.map(({ metadata }) => metadata.name));
  });

  test("no third one is made, whatever happens meanwhile", async () => {
    await api.patch(platformRef(NAME), { metadata: { labels: { looked: "once-more" } } });
    await bench.restartOperator();
    await waitIdle(bench.operator);
    expect(await keySecrets()).toHaveLength(2);
  });

  test("the former one goes when its last token is over, and not before", async () => {
    const [old, next] = await untilKeys(2);
    const restartWithAge = async (ms: number): Promise<void> => {
      ageKeys({ ...ageOf(old, 31 * DAY), ...ageOf(next, ms) });
      await bench.restartOperator();
      await waitIdle(bench.operator);
    };
    await restartWithAge(DAY);
    expect(await untilKeys(2)).toHaveLength(2);
    await restartWithAge(DAY + 10 * MINUTE);
    const [left] = await untilKeys(1);
    expect(left?.metadata.uid).toBe(next?.metadata.uid);
  });

  test("it is replaced while the roll-out is paused, too", async () => {
    const [key] = await untilKeys(1);
    const pause = (value: string | null) =>
      api.patch(platformRef(NAME), { metadata: { annotations: { "profileplatform.io/paused": value } } });
    await pause("true");
    await waitCondition(api, NAME, "Paused", "True", /nothing is known to differ/);
    ageKeys(ageOf(key, 31 * DAY));
    await bench.restartOperator();
    const [, next] = await untilKeys(2);
    ageKeys({ ...ageOf(key, 31 * DAY), ...ageOf(next, DAY + 10 * MINUTE) });
    await bench.restartOperator();
    const [left] = await untilKeys(1);
    expect(left?.metadata.uid).toBe(next?.metadata.uid);
    await pause(null);
    ageKeys({});
    await bench.restartOperator();
    await bench.waitReady(NAME);
  });
});

test("a key that is revoked is gone at once, with everything that it signed", async () => {
  const [key] = await untilKeys(1);
  const former = await token();
  await api.patch(key as KubernetesObject, { metadata: { annotations: { "profileplatform.io/revoked": "leaked" } } });
  const [next] = await eventually(
    async () => {
      const found = await keySecrets();
      const keys = await published();
      return found.length === 1 && keys.length === 1 && found[0]?.metadata.uid !== key?.metadata.uid
        ? found
        : undefined;
    },
    { what: "there is another key", timeoutMs: 10_000 },
  );
  expect(next?.metadata.name).not.toBe(key?.metadata.name);
  await expect(verifyToken(former, await published())).rejects.toThrow("the token names key");
  await verifyToken(await token(), await published());
});

test("the longest life of a token follows the spec, and restarts nothing", async () => {
  const before = await pods();
  await api.patchPlatform(NAME, { auth: { embedded: { maxTokenLifetime: "10m" } } });
  await eventually(
    async () => {
      const { claims } = await verifyToken(await token(), await published());
      return (claims["exp"] as number) - (claims["iat"] as number) === 600 || undefined;
    },
    { what: "tokens live for ten minutes", timeoutMs: 10_000 },
  );
  await waitIdle(bench.operator);
  expect(await pods()).toEqual(before);
});

describe("an OIDC issuer", () => {
  const ISSUER = "https://id.example.com:8443/realms/main";
  const env = async () =>
    ((await api.get(ref("v1", "ConfigMap", "server")))?.["data"] ?? {}) as Readonly<Record<string, string>>;
  const egress = async () => ((await api.get(POLICY))?.["spec"] as { readonly egress?: unknown } | undefined)?.egress;
  const WAY = { ports: [{ protocol: "TCP", port: 8443 }] };

  test("takes the place of the embedded one: keys go, when no server reads them any more, and a way to it is opened", async () => {
    await api.patchPlatform(NAME, { auth: { oidc: { issuerURL: ISSUER, rolesClaim: "realm_access.roles" } } });
    await eventually(
      async () => {
        expect(await keySecrets()).toEqual([]);
        expect(await api.get(JWKS)).toBeUndefined();
        expect(await api.get(ROLE)).toBeUndefined();
        return true;
      },
      { what: "nothing is left of the embedded issuer", timeoutMs: 60_000 },
    );
    await bench.waitReady(NAME);
    expect(await env()).toMatchObject({ AUTH_OIDC_ISSUER: ISSUER, AUTH_ROLES_CLAIM: "realm_access.roles" });
    expect(await env()).not.toHaveProperty("AUTH_JWKS_FILE");
    expect(await egress()).toContainEqual(WAY);
    await expect(token()).rejects.toThrow(`takes the tokens of ${ISSUER} and no others`);
    const { kubeconfig } = bench.bench.kubectl;
    await expect(profileplatform(kubeconfig, "--role", "viewer", "--namespace", NAMESPACE)).rejects.toThrow(
      /has no keys to sign with/,
    );
  });

  test("and back", async () => {
    await api.patchPlatform(NAME, { auth: { oidc: null } });
    await untilKeys(1);
    await bench.waitReady(NAME);
    expect(await env()).not.toHaveProperty("AUTH_OIDC_ISSUER");
    expect(await egress()).not.toContainEqual(WAY);
    await verifyToken(await token(), await published());
  });
});

test("nothing of a private key is in what the operator logs or says", async () => {
  const [secret] = await untilKeys(1);
  const data = secret?.["data"] as Readonly<Record<string, string>> | undefined;
  const pem = Buffer.from(data?.["private.pem"] ?? "", "base64").toString();
  const lines = pem.split("\n").filter((line) => line.length > 40);
  expect(lines.length).toBeGreaterThan(1);
  const told = (await bench.operator.log()) + JSON.stringify(await api.platform(NAME));
  for (const line of [...lines, "PRIVATE KEY"]) expect(told).not.toContain(line);
});
