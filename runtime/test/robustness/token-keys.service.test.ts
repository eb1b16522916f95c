import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ReadinessReport } from "../../src/kit/health.ts";
import { send } from "../client.ts";
import { until } from "../instance.ts";
import { Issuer, issuer, keySetOf, makeKey } from "../issuer.ts";
import { MountedFile } from "../mounted-file.ts";
import { OidcIssuer } from "../oidc-issuer.ts";
import { ownServices } from "../own-services.ts";
import { createSettings, endServices, migrateDatabase, type Service, type Settings, startService } from "../service.ts";

let settings: Settings;

beforeAll(async () => {
  settings = await createSettings();
  await migrateDatabase(settings);
});

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

/** What a request with a token is answered with. */
async function status(server: Service, token: string): Promise<number> {
  return (await send(`${await server.url()}/api/v1/profiles`, "GET", undefined, bearer(token))).status;
}

async function startServer(environment: Settings): Promise<Service> {
  const server = startService("server", environment);
  await server.ready();
  return server;
}

describe("keys in a mounted ConfigMap", () => {
  let file: MountedFile;
  let environment: Settings;

  beforeEach(() => {
    file = new MountedFile(ownServices().directory, "jwks.json");
    environment = { ...settings, AUTH_JWKS_FILE: file.path };
  });
  afterEach(async () => {
    await endServices();
    rmSync(join(file.path, ".."), { recursive: true });
  });

  test("are exchanged without a restart", async () => {
    const next = new Issuer(issuer.name, await makeKey());
    const [old, young] = [await issuer.token(), await next.token()];
    file.write(keySetOf(issuer.key));
    const server = await startServer(environment);
    expect([await status(server, old), await status(server, young)]).toEqual([200, 401]);
    file.write(keySetOf(issuer.key, next.key));
    await until("the new key", async () => (await status(server, young)) === 200);
    expect(await status(server, old)).toBe(200);
    file.write(keySetOf(next.key));
    await until("the old key to be gone", async () => (await status(server, old)) === 401);
    expect(await status(server, young)).toBe(200);
  });

  test("that become nonsense go on, and are read again once they make sense", async () => {
    const next = new Issuer(issuer.name, await makeKey());
    const [old, young] = [await issuer.token(), await next.token()];
    file.write(keySetOf(issuer.key));
    const server = await startServer(environment);
    file.write('{"keys": [{"kty": "EC"');
    await until("a warning", async () => {
      await status(server, young);
      return server.logs.some(({ msg }) => msg === "the keys of the issuer cannot be read: the last good ones go on");
    });
    expect(await status(server, old)).toBe(200);
    expect((await fetch(`${await server.url()}/ready`)).status).toBe(200);
    file.write(keySetOf(next.key));
    await until("the new key", async () => (await status(server, young)) === 200);
  });

  test("that are not there keep the server from being ready", async () => {
    const server = startService("server", environment);
    const url = await server.url();
    const report = await until("a server that waits for nothing else", async () => {
      const answer = await send<ReadinessReport>(`${url}/ready`);
      return answer.body.reason === "waiting for token-keys" ? answer : undefined;
    });
    expect(report.status).toBe(503);
    const answer = await send(`${url}/api/v1/profiles`);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
    file.write(keySetOf(issuer.key));
    await server.ready();
    expect(await status(server, await issuer.token())).toBe(200);
  });
});

describe("an OpenID Connect issuer", () => {
  let oidc: OidcIssuer;
  let environment: Settings;

  beforeEach(async () => {
    oidc = await OidcIssuer.start();
    const { AUTH_JWKS_FILE: _file, AUTH_ISSUER: _issuer, ...others } = settings;
    environment = { ...others, AUTH_OIDC_ISSUER: oidc.url, AUTH_ROLES_CLAIM: "realm_access.roles" };
  });
  afterEach(async () => {
    await endServices();
    await oidc.stop();
  });

  const token = () => oidc.issuer.token({ claims: { realm_access: { roles: ["offline_access", "viewer"] } } });

  test("is found by its discovery document; its outage changes nothing for tokens of known keys", async () => {
    const server = await startServer(environment);
    expect(await status(server, await token())).toBe(200);
    expect(await status(server, await issuer.token())).toBe(401);
    oidc.manner = "broken";
    expect(await status(server, await token())).toBe(200);
    const unknown = await oidc.issuer.token({ header: { kid: "unknown" } });
    const refused = await send(`${await server.url()}/api/v1/profiles`, "GET", undefined, bearer(unknown));
    expect([refused.status, refused.body.detail]).toEqual([401, expect.stringContaining(`Get one from ${oidc.url},`)]);
  });

  test("that is away at the start is waited for", async () => {
    oidc.manner = "with-500";
    const server = startService("server", environment);
    await until("a warning", async () =>
      server.logs.some(({ reason }) => String(reason).endsWith("it was answered with 500")),
    );
    expect((await fetch(`${await server.url()}/ready`)).status).toBe(503);
    oidc.manner = "well";
    await server.ready();
    expect(await status(server, await token())).toBe(200);
  });
});
