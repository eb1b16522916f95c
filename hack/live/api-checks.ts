import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { eventually } from "../e2e/support/eventually.ts";
import { JSON_TYPE, PROBLEM_TYPE, PROFILES } from "./api.ts";
import type { Check } from "./check.ts";
import type { HttpClient } from "./http.ts";

interface Profile {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly version: number;
}

interface Answer {
  readonly profile: Profile;
  readonly source: "cache" | "database";
}

interface Page {
  readonly profiles: readonly Profile[];
  readonly nextCursor?: string;
}

interface Problem {
  readonly errors: readonly { readonly pointer: string }[];
}

interface Task {
  readonly id: string;
  readonly status: string;
  readonly result?: unknown;
}

const CACHE_TIMEOUT_MS = 30_000;
const TASK_TIMEOUT_MS = 60_000;

const problem = (status: number) => ({ status, type: PROBLEM_TYPE });
const json = (status: number) => ({ status, type: JSON_TYPE });

/**
 * Every route of the profile API, with what it must answer and what it must refuse. They share one profile, in order.
 *
 * @param anonymous a client that shows no token
 */
export function apiChecks(http: HttpClient, anonymous: HttpClient): readonly Check[] {
  const email = `check.${randomUUID()}@example.com`;
  let profile: Profile;
  const path = () => `${PROFILES}/${profile.id}`;

  return [
    check("GET /health says that the process lives", async () => {
      const { body } = await http.send("GET", "/health", json(200));
      assert.deepEqual(body, { status: "ok" });
    }),
    check("GET /ready names every dependency", async () => {
      const { body } = await http.send<{ ready: boolean }>("GET", "/ready", json(200));
      assert.equal(body.ready, true);
    }),
    check("GET /metrics is nothing here: it has a port of its own", async () => {
      await http.send("GET", "/metrics", problem(404));
    }),
    check("GET /openapi.json describes every route", async () => {
      const { body } = await http.send<{ paths: object }>("GET", "/openapi.json", json(200));
      assert.ok(`${PROFILES}/{id}` in body.paths);
    }),
    check("a request without a token, or with one that is none, is refused", async () => {
      const refused = await anonymous.send("GET", PROFILES, problem(401));
      assert.equal(refused.headers.get("www-authenticate"), 'Bearer realm="profile-platform"');
      await anonymous.send("GET", "/api/v1/nothing", problem(401));
      await anonymous.send("GET", PROFILES, problem(401), undefined, { authorization: "Bearer a.b.c" });
    }),
    check("POST /api/v1/profiles creates a profile", async () => {
      const answer = await http.send<Answer>("POST", PROFILES, json(201), {
        json: { name: "Grace Hopper", email, bio: "COBOL" },
      });
      profile = answer.body.profile;
      assert.equal(answer.headers.get("location"), path());
      assert.equal(profile.version, 1);
    }),
    check("POST /api/v1/profiles takes effect once for one idempotency key", async () => {
      const input = { json: { name: "Twice", email: `twice.${randomUUID()}@example.com` } };
      const key = { "idempotency-key": randomUUID() };
      const first = await http.send<Answer>("POST", PROFILES, json(201), input, key);
      const again = await http.send<Answer>("POST", PROFILES, json(201), input, key);
      assert.deepEqual(again.body, first.body);
      assert.equal(again.headers.get("idempotency-replayed"), "true");
      await http.send("POST", PROFILES, problem(422), { json: { name: "Other", email } }, key);
      await http.send("DELETE", `${PROFILES}/${first.body.profile.id}`, { status: 204 });
    }),
    check("POST /api/v1/profiles refuses a taken e-mail address", async () => {
      await http.send("POST", PROFILES, problem(409), { json: { name: "Somebody else", email } });
    }),
    check("POST /api/v1/profiles refuses an invalid profile and names the field", async () => {
      const invalid = { json: { name: "", email: "nobody" } };
      const { body } = await http.send<Problem>("POST", PROFILES, problem(400), invalid);
      const pointers = body.errors.map(({ pointer }) => pointer);
      assert.deepEqual(pointers.sort(), ["#/email", "#/name"]);
    }),
    check("POST /api/v1/profiles refuses a body that is no JSON", async () => {
      await http.send("POST", PROFILES, problem(400), { raw: "{", type: JSON_TYPE });
    }),
    check("GET /api/v1/profiles lists the newest profile on one of its pages", async () => {
      assert.ok(await isListed(http, profile.id), `${profile.id} is on no page`);
    }),
    check("GET /api/v1/profiles filters, searches and sorts", async () => {
      const query = `email=${encodeURIComponent(email.toUpperCase())}&search=hop+cobol&sort=-name`;
      const { body } = await http.send<Page>("GET", `${PROFILES}?${query}`, json(200));
      assert.deepEqual(
        body.profiles.map(({ id }) => id),
        [profile.id],
      );
    }),
    check("GET /api/v1/profiles refuses a limit out of range", async () => {
      await http.send("GET", `${PROFILES}?limit=101`, problem(400));
    }),
    check("GET /api/v1/profiles/{id} answers, at last from the cache", async () => {
      const answer = await eventually(
        async () => {
          const read = await http.send<Answer>("GET", path(), json(200));
          if (read.body.source === "cache") return read;
          throw new Error("the answer comes from the database");
        },
        { what: "the profile is read from the cache", timeoutMs: CACHE_TIMEOUT_MS },
      );
      assert.equal(answer.body.profile.name, "Grace Hopper");
    }),
    check("GET /api/v1/profiles/{id} refuses an id that is none, and knows no stranger", async () => {
      await http.send("GET", `${PROFILES}/42`, problem(400));
      await http.send("GET", `${PROFILES}/${randomUUID()}`, problem(404));
    }),
    check("PUT /api/v1/profiles/{id} replaces the profile, and the next read sees it", async () => {
      const changed = { name: "Grace Brewster Hopper", email };
      const answer = await http.send<Answer>("PUT", path(), json(200), { json: changed }, { "if-match": '"1"' });
      assert.equal(answer.body.profile.version, 2);
      const read = await http.send<Answer>("GET", path(), json(200));
      assert.equal(read.body.profile.name, changed.name);
    }),
    check("PUT /api/v1/profiles/{id} refuses a version that is not the current one", async () => {
      await http.send("PUT", path(), problem(412), { json: { name: "Late", email } }, { "if-match": '"1"' });
    }),
    check("POST /api/v1/tasks/delayed runs a task when it is due", async () => {
      const task = await runTask(http, { type: "echo", delaySeconds: 1, payload: { hello: "world" } });
      assert.deepEqual(task.result, { hello: "world" });
    }),
    check("a delayed task changes a profile, and the next read sees it", async () => {
      const changes = { name: "Rear Admiral Hopper" };
      await runTask(http, { type: "profile.update", payload: { profileId: profile.id, changes } });
      const read = await http.send<Answer>("GET", path(), json(200));
      assert.equal(read.body.profile.name, changes.name);
    }),
    check("POST /api/v1/tasks/delayed refuses an unknown type", async () => {
      await http.send("POST", "/api/v1/tasks/delayed", problem(400), { json: { type: "unknown", payload: {} } });
    }),
    check("GET /api/v1/tasks/{id} knows no stranger", async () => {
      await http.send("GET", `/api/v1/tasks/${randomUUID()}`, problem(404));
    }),
    check("DELETE /api/v1/profiles/{id} deletes the profile for good", async () => {
      await http.send("DELETE", path(), { status: 204 });
      await http.send("GET", path(), problem(404));
      await http.send("DELETE", path(), problem(404));
    }),
    check("an unsupported method is refused with what is supported", async () => {
      const answer = await http.send("PATCH", PROFILES, problem(405), { json: {} });
      assert.equal(answer.headers.get("allow"), "GET, POST");
    }),
    check("an unknown path is answered with a problem", async () => {
      await http.send("GET", "/api/v1/nothing", problem(404));
    }),
  ];
}

function check(name: string, run: () => Promise<void>): Check {
  return { name, run };
}

async function isListed(http: HttpClient, id: string): Promise<boolean> {
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const { body } = await http.send<Page>("GET", `${PROFILES}?limit=100${query}`, json(200));
    if (body.profiles.some((profile) => profile.id === id)) return true;
    cursor = body.nextCursor;
  } while (cursor !== undefined);
  return false;
}

async function runTask(http: HttpClient, input: unknown): Promise<Task> {
  const accepted = await http.send<{ task: Task }>("POST", "/api/v1/tasks/delayed", json(202), { json: input });
  const { id } = accepted.body.task;
  assert.equal(accepted.headers.get("location"), `/api/v1/tasks/${id}`);
  return eventually(
    async () => {
      const { task } = (await http.send<{ task: Task }>("GET", `/api/v1/tasks/${id}`, json(200))).body;
      if (task.status === "succeeded") return task;
      throw new Error(`the task is ${task.status}`);
    },
    { what: `task ${id} has succeeded`, timeoutMs: TASK_TIMEOUT_MS },
  );
}
