import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ReadinessReport } from "../src/kit/health.ts";
import type { ProfileView } from "../src/profiles/profile.ts";
import { type Client, createClient, type ProfileBody, send } from "./client.ts";
import { until } from "./instance.ts";
import { createSettings, endServices, migrateDatabase, type Service, startService } from "./service.ts";

let server: Service;
let client: Client;
let profiles: string;

beforeAll(async () => {
  const settings = await createSettings();
  await migrateDatabase(settings);
  server = startService("server", settings);
  await server.ready();
  client = createClient(await server.url());
  profiles = `${client.url}/api/v1/profiles`;
});
afterAll(endServices);

describe("a profile's life", () => {
  test("created, read from the database and then from the cache, changed, deleted", async () => {
    const created = await send<ProfileBody>(profiles, "POST", {
      name: " Ada ",
      email: "ada@example.org",
      bio: "first",
    });
    expect(created.status).toBe(201);
    const { profile } = created.body;
    expect(profile).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      name: "Ada",
      email: "ada@example.org",
      bio: "first",
      images: [],
      version: 1,
      createdAt: expect.stringMatching(/Z$/) as string,
      updatedAt: profile.createdAt,
    });
    expect(created.headers.get("location")).toBe(`/api/v1/profiles/${profile.id}`);

    const first = await client.read(profile.id);
    const second = await client.read(profile.id);
    expect([first.body, second.body]).toEqual([
      { profile, source: "database" },
      { profile, source: "cache" },
    ]);

    const replaced = await client.replace(profile.id, { name: "Ada Lovelace", email: "ada@example.org" });
    expect(replaced.body.profile).toMatchObject({ name: "Ada Lovelace", version: 2 });
    expect(replaced.body.profile.bio).toBeUndefined();
    expect((await client.read(profile.id)).body).toEqual({ profile: replaced.body.profile, source: "cache" });

    expect((await client.delete(profile.id)).status).toBe(204);
    expect((await client.read(profile.id)).status).toBe(404);
    expect((await client.delete(profile.id)).status).toBe(404);
    expect((await client.replace(profile.id, { name: "Ada", email: "ada@example.org" })).status).toBe(404);
  });

  test("is stored composed and trimmed, its e-mail address as it was written", async () => {
    const input = { name: " Ame\u0301lie\n", email: " Amelie@Example.org ", bio: "\tu\u0308ber\nalles " };
    const { body } = await send<ProfileBody>(profiles, "POST", input);
    const stored = { name: "Am\u00e9lie", email: "Amelie@Example.org", bio: "\u00fcber\nalles" };
    expect(body.profile).toMatchObject(stored);
    expect((await client.read(body.profile.id)).body.profile).toMatchObject(stored);
  });

  test("a write can require the version that was read", async () => {
    const { id } = await client.create("conditional@example.org");
    const input = { name: "Someone", email: "conditional@example.org" };
    const wrong = await send(`${profiles}/${id}`, "PUT", input, { "If-Match": '"7"' });
    expect(wrong.status).toBe(412);
    expect(wrong.body.detail).toBe("The profile is at version 1; read it again and repeat the change.");
    const right = await send<ProfileBody>(`${profiles}/${id}`, "PUT", input, { "If-Match": '"1"' });
    expect([right.status, right.headers.get("etag")]).toEqual([200, '"2"']);
    expect((await send(`${profiles}/${id}`, "DELETE", undefined, { "If-Match": "2" })).status).toBe(400);
  });

  test("is not sent again to who has its version", async () => {
    const { id } = await client.create("reread@example.org");
    const read = (held: string) =>
      send<ProfileBody | undefined>(`${profiles}/${id}`, "GET", undefined, { "If-None-Match": held });
    for (const held of ['"1"', 'W/"1"', '"7", "1"', "*"]) {
      const answer = await read(held);
      expect([answer.status, answer.body, answer.headers.get("etag")]).toEqual([304, undefined, '"1"']);
    }
    expect((await read('"2"')).status).toBe(200);
    await client.replace(id, { name: "Another", email: "reread@example.org" });
    expect([(await read('"1"')).status, (await read('"2"')).status]).toEqual([200, 304]);
    await client.delete(id);
    expect((await read('"2"')).status).toBe(404);
  });

  test("an e-mail address belongs to one profile, however it is written", async () => {
    await client.create("taken@example.org");
    const refused = await send(profiles, "POST", { name: "Other", email: "Taken@Example.org" });
    expect([refused.status, refused.body.type]).toEqual([409, "urn:profile-platform:problem:email-taken"]);
    expect(refused.body.errors).toEqual([{ pointer: "#/email", detail: "belongs to another profile" }]);
    const other = await client.create("other@example.org");
    expect((await client.replace(other.id, { name: "Other", email: "TAKEN@example.org" })).status).toBe(409);
  });
});

function nested(levels: number): unknown {
  return levels === 0 ? 0 : [nested(levels - 1)];
}

describe("what is refused", () => {
  test.each([
    ["an unknown field", { name: "A", email: "a@example.org", admin: true }, ["#/admin"]],
    ["every wrong field at once", { name: "", email: "nobody" }, ["#/name", "#/email"]],
    ["a missing body field", {}, ["#/name", "#/email"]],
    ["a field of another type", { name: 5, email: "a@example.org", bio: null }, ["#/name", "#/bio"]],
    ["a control character", { name: "a\u0000b", email: "a@example.org" }, ["#/name"]],
    ["half of a surrogate pair", { name: "a", email: "a@example.org", bio: "\ud83d" }, ["#/bio"]],
    ["a name that is shown backwards", { name: "\u202egnp.exe", email: "a@example.org" }, ["#/name"]],
    ["a body nested too deep", { name: nested(1_000), email: "a@example.org" }, ["#"]],
    ["a body that is no object", [], ["#"]],
  ])("%s", async (_what, body, pointers) => {
    const answer = await send(profiles, "POST", body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
    expect(answer.body.type).toBe("urn:profile-platform:problem:validation-failed");
    expect(answer.body.errors?.map(({ pointer }) => pointer)).toEqual(pointers);
  });

  test("a body that is not JSON, is too large, or says that it is something else", async () => {
    expect((await send(profiles, "POST", '{"name":')).body.type).toBe("urn:profile-platform:problem:bad-request");
    const large = await send(profiles, "POST", { name: "x".repeat(40_000), email: "a@example.org" });
    expect(large.status).toBe(413);
    expect((await send(profiles, "POST", "name=a", { "Content-Type": "text/plain" })).status).toBe(415);
  });

  test("ids, queries, methods and paths that do not exist", async () => {
    expect((await client.read("not-a-uuid")).status).toBe(400);
    expect((await send(`${profiles}?limit=0`)).body.errors?.[0]?.pointer).toBe("limit");
    expect((await send(`${profiles}?order=name`)).body.errors?.[0]?.pointer).toBe("order");
    expect((await send(`${profiles}?cursor=bogus`)).body.errors?.[0]?.pointer).toBe("cursor");
    const patched = await send(profiles, "PATCH", {});
    expect([patched.status, patched.headers.get("allow")]).toEqual([405, "GET, POST"]);
    expect((await send(`${client.url}/api/v2/profiles`)).status).toBe(404);
  });
});

describe("listing", () => {
  test("goes through every profile once, in the order of creation", async () => {
    const emails = Array.from({ length: 7 }, (_, index) => `listed-${index}@example.org`);
    for (const email of emails) await client.create(email);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = cursor === undefined ? "limit=3" : `limit=3&cursor=${cursor}`;
      const { body } = await send<{ profiles: ProfileView[]; nextCursor?: string }>(`${profiles}?${query}`);
      expect(body.profiles.length).toBeLessThanOrEqual(3);
      seen.push(...body.profiles.map(({ email }) => email));
      cursor = body.nextCursor;
    } while (cursor !== undefined);
    expect(seen.filter((email) => email.startsWith("listed-"))).toEqual(emails);
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe("what operators see", () => {
  test("requests are counted by route template and logged once, with their id", async () => {
    const before = await client.metric('http_requests_total{method="GET",route="/api/v1/profiles/:id",status="404"}');
    const path = `/api/v1/profiles/${crypto.randomUUID()}`;
    const answer = await send(client.url + path, "GET", undefined, { "X-Request-Id": "abc-123" });
    expect(answer.headers.get("x-request-id")).toBe("abc-123");
    const after = await client.metric('http_requests_total{method="GET",route="/api/v1/profiles/:id",status="404"}');
    expect(after - (Number.isNaN(before) ? 0 : before)).toBe(1);
    const lines = server.logs.filter(({ requestId }) => requestId === "abc-123");
    const line = { method: "GET", path, status: 404, subject: "tester", msg: "answered" };
    expect(lines).toEqual([expect.objectContaining(line)]);
  });

  test("a hostile request id is not taken over", async () => {
    const answer = await send(profiles, "GET", undefined, { "X-Request-Id": 'a"b c' });
    expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("each read is one hit or one miss", async () => {
    const { id } = await client.create("counted@example.org");
    const [hits, misses] = [await client.metric("cache_hits_total"), await client.metric("cache_misses_total")];
    for (let read = 0; read < 4; read += 1) await client.read(id);
    expect(await client.metric("cache_hits_total")).toBe(hits + 3);
    expect(await client.metric("cache_misses_total")).toBe(misses + 1);
    const ratio = await client.metric("cache_hit_ratio");
    expect(ratio).toBeCloseTo((hits + 3) / (hits + misses + 4));
  });

  test("the cache holds ten at most and counts what it pushes out", async () => {
    const evicted = await client.metric("cache_evictions_total");
    for (let index = 0; index < 25; index += 1) {
      const { id } = await client.create(`evicted-${index}@example.org`);
      await client.read(id);
    }
    expect(await client.metric("cache_size")).toBe(10);
    expect((await client.metric("cache_evictions_total")) - evicted).toBeGreaterThanOrEqual(15);
  });

  test("readiness names its dependencies and no secrets", async () => {
    const report = await until("all checks to have passed", async () => {
      const { body } = await send<ReadinessReport>(`${client.url}/ready`);
      return body.dependencies.every(({ up }) => up) ? body : undefined;
    });
    expect(report).toEqual({
      ready: true,
      dependencies: [
        { name: "postgresql", required: true, up: true },
        { name: "token-keys", required: true, up: true },
        { name: "redis", required: false, up: true },
        { name: "rabbitmq", required: false, up: true },
      ],
    });
    expect(JSON.stringify(server.logs)).not.toContain("only-for-tests");
  });
});
