import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ApiClient } from "@profile-platform/operator/engine/client/api-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { eventually } from "../support/eventually.ts";
import { type EngineServer, startEngineServer } from "./support/engine.ts";

interface KubeConfigFile {
  readonly clusters: readonly [{ cluster: { server: string; "certificate-authority": string } }];
  readonly users: readonly [{ user: { "client-certificate": string; "client-key": string } }];
}

let server: EngineServer;
let folder: string;
let admin: KubeConfigFile;

beforeAll(async () => {
  server = await startEngineServer();
  folder = await mkdtemp(join(tmpdir(), "profile-platform-client-"));
  admin = parse(await readFile(server.kubeconfigPath, "utf8")) as KubeConfigFile;
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true });
});

/** A client that knows the cluster, with another user in the kubeconfig. */
async function clientAs(user: unknown): Promise<ApiClient> {
  const kubeconfigPath = join(folder, "kubeconfig.json");
  const contexts = [{ name: "c", context: { cluster: "c", user: "u" } }];
  const clusters = [{ name: "c", cluster: admin.clusters[0].cluster }];
  const file = { clusters, users: [{ name: "u", user }], contexts, "current-context": "c" };
  await writeFile(kubeconfigPath, JSON.stringify(file));
  return ApiClient.fromKubeConfig({ kubeconfigPath, userAgent: "engine-test" });
}

async function whoIs(client: ApiClient): Promise<string> {
  const name = await nameOf(client);
  client.close();
  return name;
}

async function nameOf(client: ApiClient): Promise<string> {
  const path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
  const review = await client.request<{ status: { userInfo: { username: string } } }>({ method: "POST", path, body });
  return review.status.userInfo.username;
}

async function makeToken(): Promise<string> {
  const path = "/api/v1/namespaces/default/serviceaccounts/default/token";
  const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
  const made = await server.client.request<{ status: { token: string } }>({ method: "POST", path, body });
  return made.status.token;
}

describe("credentials", () => {
  test("of a client certificate", async () => {
    expect(await whoIs(await clientAs(admin.users[0].user))).toBe(await whoIs(server.client));
  });

  test("of a token", async () => {
    const client = await clientAs({ token: await makeToken() });
    expect(await whoIs(client)).toBe("system:serviceaccount:default:default");
  });

  test("of a program that gives a token", async () => {
    const credential = { kind: "ExecCredential", status: { token: await makeToken() } };
    const tokenFile = join(folder, "credential.json");
    await writeFile(tokenFile, JSON.stringify(credential), { mode: 0o600 });
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "cat", args: [tokenFile] };
    expect(await whoIs(await clientAs({ exec }))).toBe("system:serviceaccount:default:default");
  });

  test("of a program that gives a client certificate", async () => {
    const { user } = admin.users[0];
    const status = {
      clientCertificateData: await readFile(user["client-certificate"], "utf8"),
      clientKeyData: await readFile(user["client-key"], "utf8"),
    };
    const certificateFile = join(folder, "certificate.json");
    await writeFile(certificateFile, JSON.stringify({ kind: "ExecCredential", status }), { mode: 0o600 });
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "cat", args: [certificateFile] };
    expect(await whoIs(await clientAs({ exec }))).toBe(await whoIs(await clientAs(user)));
  });

  test("of a client certificate that is replaced while the client runs", async () => {
    const { user } = admin.users[0];
    const renewed = { "client-certificate": join(folder, "renewed.crt"), "client-key": join(folder, "renewed.key") };
    const use = async (name: string): Promise<void> => {
      const pki = dirname(user["client-certificate"]);
      await copyFile(join(pki, `${name}.key`), renewed["client-key"]);
      await copyFile(join(pki, `${name}.crt`), renewed["client-certificate"]);
    };
    await use("admin");
    const client = await clientAs(renewed);
    const asAdministrator = await nameOf(client);
    await use("controller-manager");
    await eventually(async () => ((await nameOf(client)) === "system:kube-controller-manager" ? true : undefined), {
      what: "the client uses its new certificate",
      timeoutMs: 2_000,
    });
    expect(asAdministrator).not.toBe("system:kube-controller-manager");
    client.close();
  });

  test("that the server does not know are refused with its words", async () => {
    await expect(whoIs(await clientAs({ token: "wrong" }))).rejects.toMatchObject({
      status: 401,
      reason: "Unauthorized",
    });
  });

  test("are not sent to a server whose certificate the kubeconfig's authority did not sign", async () => {
    const kubeconfigPath = join(folder, "other.json");
    const { server: address } = admin.clusters[0].cluster;
    const contexts = [{ name: "c", context: { cluster: "c", user: "u" } }];
    const clusters = [{ name: "c", cluster: { server: address } }];
    const users = [{ name: "u", user: { token: await makeToken() } }];
    await writeFile(kubeconfigPath, JSON.stringify({ clusters, users, contexts, "current-context": "c" }));
    const stranger = ApiClient.fromKubeConfig({ kubeconfigPath, userAgent: "engine-test" });
    await expect(whoIs(stranger)).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/certificate/) as unknown },
    });
    stranger.close();
  });
});

describe("a kubeconfig that does not work out", () => {
  test("names the contexts that there are", () => {
    const options = { kubeconfigPath: server.kubeconfigPath, context: "nowhere", userAgent: "x" };
    expect(() => ApiClient.fromKubeConfig(options)).toThrow(
      /^the kubeconfig has no cluster for the context "nowhere": choose one of \S/,
    );
  });

  test("names the file that is missing", () => {
    const kubeconfigPath = join(folder, "missing");
    expect(() => ApiClient.fromKubeConfig({ kubeconfigPath, userAgent: "x" })).toThrow(
      `while loading the kubeconfig ${kubeconfigPath}`,
    );
  });
});

describe("requests", () => {
  test("tell NotFound, AlreadyExists and Conflict apart", async () => {
    const namespace = await server.makeNamespace();
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } };
    const { client } = server;
    await expect(client.request({ method: "GET", path: `${path}/a` })).rejects.toMatchObject({ isNotFound: true });
    await client.request({ method: "POST", path, body });
    await expect(client.request({ method: "POST", path, body })).rejects.toMatchObject({
      isAlreadyExists: true,
      isConflict: false,
    });
    const stale = { ...body, metadata: { name: "a", resourceVersion: "1" } };
    await expect(client.request({ method: "PUT", path: `${path}/a`, body: stale })).rejects.toMatchObject({
      isAlreadyExists: false,
      isConflict: true,
    });
    const query = { fieldManager: "x" };
    await expect(client.request({ method: "PATCH", path: `${path}/a`, query, body })).rejects.toMatchObject({
      status: 415,
    });
  });
});

describe("the version of HTTP", () => {
  test("is 2 with an API server", async () => {
    const { client } = server;
    await client.request({ method: "GET", path: "/version" });
    expect(client.httpVersion).toBe(2);
  });

  test("is 1.1 with a server that does not speak 2", async () => {
    const pki = dirname(admin.clusters[0].cluster["certificate-authority"]);
    const [cert, key] = await Promise.all([readFile(join(pki, "apiserver.crt")), readFile(join(pki, "apiserver.key"))]);
    const old = createServer({ cert, key }, ({ httpVersion }, response) => {
      response.setHeader("Content-Type", "application/json").end(JSON.stringify({ httpVersion }));
    });
    const listening = Promise.withResolvers<void>();
    old.listen(0, "127.0.0.1", listening.resolve);
    await listening.promise;
    const kubeconfigPath = join(folder, "old.json");
    const address = `https://127.0.0.1:${(old.address() as AddressInfo).port}`;
    const clusters = [{ name: "c", cluster: { ...admin.clusters[0].cluster, server: address } }];
    const contexts = [{ name: "c", context: { cluster: "c", user: "u" } }];
    await writeFile(
      kubeconfigPath,
      JSON.stringify({ clusters, users: [{ name: "u", user: { token: "t" } }], contexts, "current-context": "c" }),
    );
    const client = ApiClient.fromKubeConfig({ kubeconfigPath, userAgent: "engine-test" });
    const answers = await Promise.all(Array.from({ length: 3 }, () => client.request({ method: "GET", path: "/" })));
    expect(answers).toEqual(Array.from({ length: 3 }, () => ({ httpVersion: "1.1" })));
    expect(client.httpVersion).toBe(1);
    client.close();
    old.closeAllConnections();
    old.close();
  });
});
