import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { roles } from "../src/auth/roles.ts";
import { serverDocument } from "../src/server/openapi.ts";
import { type TaskType, taskTypes } from "../src/tasks/task.ts";
import { createClient, send } from "./client.ts";
import { until } from "./instance.ts";
import { issuer } from "./issuer.ts";
import { createSettings, endServices, migrateDatabase, type Service, type Settings, startService } from "./service.ts";

let settings: Settings;

beforeAll(async () => {
  settings = await createSettings();
  await migrateDatabase(settings);
});
afterAll(endServices);

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

async function startServer(environment: Settings): Promise<Service> {
  const server = startService("server", environment);
  await server.ready();
  return server;
}

interface Described {
  readonly operationId: string;
  readonly requestBody?: unknown;
  readonly "x-required-role"?: string;
  readonly "x-required-role-by-task-type"?: Readonly<Record<string, string>>;
}

const operations = Object.entries(serverDocument.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, described]) => {
    const { operationId, "x-required-role": role } = described as Described;
    return { id: operationId, method: method.toUpperCase(), path, role };
  }),
);
const guarded = operations.filter(({ role }) => role !== undefined);

const payloads: Readonly<Record<TaskType, unknown>> = {
  echo: {},
  "profile.update": { profileId: crypto.randomUUID(), changes: { bio: "x" } },
  "profile.delete": { profileId: crypto.randomUUID() },
  "profiles.change-domain": { from: "a.example.org", to: "b.example.org" },
};

/** Whether a role may do what the document says that another one may. */
const may = (role: string, needed: string | undefined): boolean =>
  roles.findIndex((name) => name === role) >= roles.findIndex((name) => name === needed);

describe("who may do what", () => {
  let url: string;
  let client: ReturnType<typeof createClient>;

  beforeAll(async () => {
    const server = await startServer(settings);
    url = await server.url();
    client = createClient(url);
  });
  afterAll(endServices);

  const ask = (path: string, method: string, token: string, body?: unknown) =>
    send(url + path, method, body, bearer(token));

  test.each(guarded)("$id asks for the role that the document says: $role", async ({ method, path, role }) => {
    const { id } = path.includes("/tasks/") ? await client.delay("echo", {}, 3_600) : { id: crypto.randomUUID() };
    const written = path.replace("{id}", id);
    for (const held of roles) {
      const answer = await ask(written, method, await issuer.role(held));
      expect([held, answer.status === 403]).toEqual([held, !may(held, role)]);
      expect(answer.status).not.toBe(401);
    }
    const none = await ask(written, method, await issuer.token({ roles: ["owner"] }));
    expect([none.status, none.body.type]).toEqual([403, "urn:profile-platform:problem:insufficient-role"]);
    const nobody = await fetch(url + written, { method });
    expect([nobody.status, nobody.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="profile-platform"']);
  });

  test.each(operations.filter(({ role }) => role === undefined))("$id needs no token", async ({ method, path }) => {
    // Of what there is only by a name that is made up here, another answer is right.
    const named = path.includes("{");
    expect((await fetch(url + path, { method })).status).toBe(named ? 400 : 200);
  });

  test.each(taskTypes)("a task of type %s asks for the role that the document says", async (type) => {
    const described = (serverDocument.paths["/api/v1/tasks/delayed"] as { post: Described }).post;
    const needed = described["x-required-role-by-task-type"]?.[type];
    const input = { type, payload: payloads[type], delaySeconds: 3_600 };
    for (const held of roles) {
      const token = await issuer.role(held);
      const answer = await ask("/api/v1/tasks/delayed", "POST", token, input);
      expect([held, answer.status]).toEqual([held, may(held, needed) ? 202 : 403]);

      const { id } = await client.delay(type, payloads[type], 3_600);
      await client.cancel(id);
      const replay = await ask(`/api/v1/tasks/${id}/replay`, "POST", token, { delaySeconds: 3_600 });
      expect([held, replay.status]).toEqual([held, may(held, needed) ? 202 : 403]);
      expect((await client.task(id)).status).toBe(may(held, needed) ? "scheduled" : "cancelled");
      const cancel = await ask(`/api/v1/tasks/${id}/cancel`, "POST", token);
      expect([held, cancel.status]).toEqual([held, held === "viewer" ? 403 : 200]);
    }
  });

  test("what is wrong with a request is told to those who may make it", async () => {
    const input = { name: "", email: "nobody" };
    expect((await ask("/api/v1/profiles", "POST", await issuer.role("viewer"), input)).status).toBe(403);
    expect((await ask("/api/v1/profiles", "POST", await issuer.role("editor"), input)).status).toBe(400);
  });

  test("a refused request changes nothing", async () => {
    const { id } = await client.create("kept@example.org");
    const token = await issuer.role("editor");
    const answer = await ask(`/api/v1/profiles/${id}`, "DELETE", token);
    expect(answer.body.detail).toContain("needs a token with the role admin: it has editor.");
    expect((await client.read(id)).status).toBe(200);
  });

  test("the metrics tell what became of tokens, and of the keys", async () => {
    const accepted = await client.metric('auth_requests_total{outcome="accepted"}');
    const expired = await client.metric('auth_requests_total{outcome="expired"}');
    await client.list({});
    await ask("/api/v1/tasks", "GET", await issuer.token({ claims: { exp: 1 } }));
    await until("the count", async () => (await client.metric('auth_requests_total{outcome="accepted"}')) > accepted);
    expect(await client.metric('auth_requests_total{outcome="expired"}')).toBe(expired + 1);
    expect(await client.metric("auth_keys")).toBe(1);
    expect(await client.metric('auth_key_reads_total{result="failed"}')).toBe(0);
    expect(await client.metric("auth_keys_age_seconds")).toBeLessThan(60);
  });
});
