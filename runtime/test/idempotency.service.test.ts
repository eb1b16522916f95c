import { Client as PostgresClient } from "pg";
import { Registry } from "prom-client";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fingerprint } from "../src/idempotency/fingerprint.ts";
import { createIdempotencyMetrics } from "../src/idempotency/metrics.ts";
import { createIdempotencySweeper } from "../src/idempotency/sweeper.ts";
import { createLogger } from "../src/kit/log.ts";
import { Postgres } from "../src/kit/stores/postgres.ts";
import { type Answer, type Client, createClient, type ProfileBody, send } from "./client.ts";
import { until } from "./instance.ts";
import { issuer } from "./issuer.ts";
import { ownServices } from "./own-services.ts";
import { readAll } from "./pages.ts";
import { runSql } from "./postgres.ts";
import { createSettings, endServices, migrateDatabase, type Service, type Settings, startService } from "./service.ts";

let settings: Settings;
let server: Service;
let client: Client;

beforeAll(async () => {
  settings = await createSettings();
  await migrateDatabase(settings);
  await startServer();
});
beforeEach(async () => {
  await sql("TRUNCATE profiles, profile_images, tasks, idempotency_keys");
});
afterAll(endServices);

async function startServer(): Promise<void> {
  server = startService("server", settings);
  await server.ready();
  client = createClient(await server.url());
}

const database = () => ({ port: ownServices().postgres.port, name: settings["DB_NAME"] ?? "" });
const sql = (statement: string) => runSql(database().port, database().name, statement);

function post<Body = ProfileBody>(
  body: unknown,
  key: string,
  path = "/api/v1/profiles",
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<Body>> {
  return send<Body>(client.url + path, "POST", body, { "Idempotency-Key": key, ...headers });
}

const ada = { name: "Ada", email: "ada@example.org" };
const task = { type: "echo", payload: { hello: "world" }, delaySeconds: 3_600 };
const delayed = "/api/v1/tasks/delayed";

/** What the client is told, beside what names the request itself. */
function told({ status, headers, body }: Answer<unknown>) {
  return {
    status,
    location: headers.get("location"),
    etag: headers.get("etag"),
    type: headers.get("content-type"),
    body,
  };
}

const counted = (outcome: string) => client.metric(`idempotent_requests_total{outcome="${outcome}"}`);

const replayed = ({ headers }: Answer<unknown>) => headers.get("idempotency-replayed");

/** A transaction of somebody else, who is in no hurry. */
async function hold(statement: string): Promise<{ readonly end: (how: "ROLLBACK" | "COMMIT") => Promise<void> }> {
  const { port, name } = database();
  const other = new PostgresClient({ host: "127.0.0.1", port, user: "postgres", database: name });
  await other.connect();
  await other.query("BEGIN");
  await other.query(statement);
  return {
    async end(how) {
      await other.query(how);
      await other.end();
    },
  };
}

const holdEmail = () =>
  hold(`INSERT INTO profiles (id, name, email) VALUES (gen_random_uuid(), 'Other', '${ada.email}')`);

async function waiting(statements: number): Promise<void> {
  await until(`${statements} statements of the server to wait`, async () => {
    const rows = await sql(`SELECT 1 FROM pg_stat_activity WHERE application_name = 'server'
      AND datname = current_database() AND wait_event_type = 'Lock'`);
    return rows.length === statements;
  });
}

describe("the same request with the same key", () => {
  test("creates one profile, and is answered as it was the first time", async () => {
    const [stored, answered] = [await counted("stored"), await counted("replayed")];
    const first = await post(ada, "key-1");
    expect(first.status).toBe(201);
    expect(replayed(first)).toBeNull();
    // What has become of the profile meanwhile does not matter.
    await client.replace(first.body.profile.id, { name: "Other", email: "other@example.org" });
    for (let time = 0; time < 3; time += 1) {
      const again = await post(ada, "key-1");
      expect(told(again)).toEqual(told(first));
      expect(replayed(again)).toBe("true");
      expect(again.headers.get("x-request-id")).not.toBe(first.headers.get("x-request-id"));
    }
    expect(await readAll(client.url, {})).toHaveLength(1);
    expect([await counted("stored"), await counted("replayed")]).toEqual([stored + 1, answered + 3]);
  });

  test("schedules one task", async () => {
    const first = await post(task, "key-1", delayed);
    expect(first.status).toBe(202);
    const again = await post(task, "key-1", delayed);
    expect(told(again)).toEqual(told(first));
    expect(replayed(again)).toBe("true");
    expect(await sql("SELECT count(*)::int AS tasks FROM tasks")).toEqual([{ tasks: 1 }]);
  });

  test("without a key, or with another one, is another request", async () => {
    const ids = [];
    for (const key of ["a", "b", "A", "x".repeat(255), '"quoted-!~"']) {
      ids.push((await post<{ task: { id: string } }>(task, key, delayed)).body.task.id);
    }
    for (let time = 0; time < 2; time += 1) ids.push((await client.delay("echo", {}, 3_600)).id);
    expect(new Set(ids).size).toBe(7);
    expect(await sql("SELECT count(*)::int AS keys FROM idempotency_keys")).toEqual([{ keys: 5 }]);
  });

  test("is answered as before by a server that was started since", async () => {
    const first = await post(ada, "key-1");
    await server.exit("SIGKILL");
    await startServer();
    const again = await post(ada, "key-1");
    expect(told(again)).toEqual(told(first));
    expect(replayed(again)).toBe("true");
  });

  test("after a server that was killed in the middle of it takes effect once", async () => {
    const other = await holdEmail();
    const lost = post(ada, "key-1").catch((err: unknown) => String(err));
    await waiting(1);
    await server.exit("SIGKILL");
    expect(await lost).toBe("TypeError: fetch failed");
    await other.end("ROLLBACK");
    await startServer();
    const again = await post(ada, "key-1");
    expect(again.status).toBe(201);
    expect(replayed(again)).toBeNull();
    expect(await readAll(client.url, {})).toHaveLength(1);
  });
});

describe("two at once", () => {
  test("one does it, the others wait and are answered the same", async () => {
    const other = await holdEmail();
    const requests = [post(ada, "key-1"), post(ada, "key-1"), post(ada, "key-1")];
    await waiting(3);
    await other.end("ROLLBACK");
    const answers = await Promise.all(requests);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    const [first] = answers;
    for (const answer of answers) expect(answer.body).toEqual(first?.body);
    expect(answers.filter((answer) => replayed(answer) === "true")).toHaveLength(2);
    expect(await readAll(client.url, {})).toHaveLength(1);
  });

  test("many at once on two servers, of many keys, each take effect once", async () => {
    const second = startService("server", settings);
    await second.ready();
    const urls = [client.url, await second.url()];
    const requests = Array.from({ length: 60 }, (_, index) =>
      send<{ task: { id: string } }>(`${urls[index % 2]}${delayed}`, "POST", task, {
        "Idempotency-Key": `key-${Math.floor(index / 2) % 10}`,
      }),
    );
    const answers = await Promise.all(requests);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect(new Set(answers.map(({ body }) => body.task.id)).size).toBe(10);
    expect(answers.filter((answer) => replayed(answer) === "true")).toHaveLength(50);
    expect(await sql("SELECT count(*)::int AS tasks FROM tasks")).toEqual([{ tasks: 10 }]);
    await second.exit("SIGTERM");
  });

  test("when the first is refused, the one that waited is carried out for itself", async () => {
    const other = await holdEmail();
    const requests = [post(ada, "key-1"), post(ada, "key-1")];
    await waiting(2);
    await other.end("COMMIT");
    const answers = await Promise.all(requests);
    expect(answers.map(({ status }) => status)).toEqual([409, 409]);
    expect(answers.map(replayed)).toEqual([null, null]);
    expect(await sql("SELECT key FROM idempotency_keys")).toEqual([]);
  });

  test("another request that waited is refused once the first has taken effect", async () => {
    const other = await holdEmail();
    const first = post(ada, "key-1");
    await waiting(1);
    const second = post({ ...ada, name: "Other" }, "key-1");
    await waiting(2);
    await other.end("ROLLBACK");
    expect([(await first).status, (await second).status]).toEqual([201, 422]);
  });

  test("one that waits in vain is told so, and when to come again", async () => {
    const before = await counted("in_progress");
    const other = await hold("INSERT INTO idempotency_keys (key, fingerprint) VALUES (E'tester\\nkey-1', '')");
    const answer = await send(`${client.url}/api/v1/profiles`, "POST", ada, { "Idempotency-Key": "key-1" });
    expect(answer.status).toBe(409);
    expect(answer.body.type).toBe("urn:profile-platform:problem:request-in-progress");
    expect(answer.headers.get("retry-after")).toBe("2");
    expect(await counted("in_progress")).toBe(before + 1);
    await other.end("ROLLBACK");
    expect((await post(ada, "key-1")).status).toBe(201);
  });
});

describe("another request with the same key", () => {
  test.each([
    ["another body", "/api/v1/profiles", { ...ada, name: "Grace" }],
    ["another path", delayed, task],
  ])("%s is refused and changes nothing", async (_what, path, body) => {
    await post(ada, "key-1");
    const answer = await send(client.url + path, "POST", body, { "Idempotency-Key": "key-1" });
    expect(answer.status).toBe(422);
    expect(answer.body).toEqual({
      type: "urn:profile-platform:problem:idempotency-key-reused",
      title: "The idempotency key belongs to another request",
      status: 422,
      detail: "Give this request an Idempotency-Key of its own.",
      errors: [{ pointer: "Idempotency-Key", detail: "was given to a request with another path or body" }],
    });
    expect(await sql("SELECT count(*)::int AS tasks FROM tasks")).toEqual([{ tasks: 0 }]);
    expect(await readAll(client.url, {})).toHaveLength(1);
  });
});

describe("the same key of somebody else", () => {
  const of = async (subject: string) => ({ Authorization: `Bearer ${await issuer.role("editor", subject)}` });

  test("is another key, whatever the request", async () => {
    const [grace, alan] = [await of("grace"), await of("alan")];
    const first = await post<{ task: { id: string } }>(task, "key-1", delayed, grace);
    const second = await post<{ task: { id: string } }>(task, "key-1", delayed, alan);
    expect([first.status, second.status, replayed(second)]).toEqual([202, 202, null]);
    expect(second.body.task.id).not.toBe(first.body.task.id);
    const other = await post<{ task: { id: string } }>({ ...task, payload: {} }, "key-1", delayed);
    expect(other.status).toBe(202);
    for (const [headers, { body }] of [
      [grace, first],
      [alan, second],
    ] as const) {
      const again = await post(task, "key-1", delayed, headers);
      expect([again.body, replayed(again)]).toEqual([body, "true"]);
    }
    expect(await sql("SELECT count(*)::int AS tasks FROM tasks")).toEqual([{ tasks: 3 }]);
  });

  test("with another token of the same subject is the same key", async () => {
    const first = await post<{ task: { id: string } }>(task, "key-1", delayed, await of("grace"));
    const again = await post<{ task: { id: string } }>(task, "key-1", delayed, await of("grace"));
    expect([again.body, replayed(again)]).toEqual([first.body, "true"]);
  });
});

describe("what the previous release did, which knew no subjects", () => {
  /** As it kept it. */
  async function kept(key: string, body: unknown): Promise<void> {
    const digest = fingerprint("POST", delayed, Buffer.from(JSON.stringify(body))).toString("hex");
    await sql(`INSERT INTO idempotency_keys (key, fingerprint, status, headers, body)
      VALUES ('${key}', '\\x${digest}', 202, '{"Location": "/somewhere"}', '{"done": "before"}')`);
  }

  test("is not done again for whoever repeats it", async () => {
    await kept("key-1", task);
    const again = await post(task, "key-1", delayed);
    expect([again.status, again.body, replayed(again)]).toEqual([202, { done: "before" }, "true"]);
    expect(again.headers.get("location")).toBe("/somewhere");
    expect(await sql("SELECT 1 FROM tasks")).toEqual([]);
  });

  test("does not stand in the way of another request with the key, nor after a day", async () => {
    await kept("key-1", task);
    const other = { ...task, payload: {} };
    expect((await post(other, "key-1", delayed)).status).toBe(202);
    expect(replayed(await post(other, "key-1", delayed))).toBe("true");
    await sql("UPDATE idempotency_keys SET created_at = created_at - interval '24 hours'");
    const anew = await post(task, "key-1", delayed);
    expect([anew.status, replayed(anew)]).toEqual([202, null]);
  });
});

describe("what was refused is not kept", () => {
  test("a taken e-mail address: the key serves once it is free", async () => {
    const taken = await client.create(ada.email);
    expect((await post(ada, "key-1")).status).toBe(409);
    await client.delete(taken.id);
    const answer = await post(ada, "key-1");
    expect(answer.status).toBe(201);
    expect(replayed(answer)).toBeNull();
  });

  test("an invalid body: the key serves for the corrected one", async () => {
    expect((await post({ name: "Ada" }, "key-1")).status).toBe(400);
    expect((await post(ada, "key-1")).status).toBe(201);
  });

  test("a key that is none", async () => {
    for (const key of ["", "two words", "ü", "x".repeat(256)]) {
      const answer = await send(`${client.url}/api/v1/profiles`, "POST", ada, { "Idempotency-Key": key });
      expect([answer.status, answer.body.errors]).toEqual([
        400,
        [{ pointer: "Idempotency-Key", detail: "must be 1 to 255 visible ASCII characters, such as a UUID" }],
      ]);
    }
    expect(await readAll(client.url, {})).toEqual([]);
  });
});

describe("after 24 hours", () => {
  const age = (hours: number) => sql(`UPDATE idempotency_keys SET created_at = created_at - interval '${hours} hours'`);

  test("a key begins anew, swept away or not", async () => {
    await post(task, "key-1", delayed);
    await age(23);
    expect(replayed(await post(task, "key-1", delayed))).toBe("true");
    await age(1);
    const answer = await post({ ...task, payload: {} }, "key-1", delayed);
    expect([answer.status, replayed(answer)]).toEqual([202, null]);
    expect(replayed(await post({ ...task, payload: {} }, "key-1", delayed))).toBe("true");
  });

  test("keys are swept away in batches, by several at once, and others left alone", async () => {
    await sql(`INSERT INTO idempotency_keys (key, fingerprint, created_at)
      SELECT n::text, '', now() - n * interval '1 minute' FROM generate_series(1, 3000) AS n`);
    const log = createLogger("server", "silent");
    const { port, name } = database();
    const reach = { host: "127.0.0.1", port, user: "postgres", password: "not-asked-for", database: name };
    const db = new Postgres({ ...reach, applicationName: "sweeper", maximum: 4 }, log);
    const sweepers = Array.from({ length: 4 }, () => {
      const metrics = createIdempotencyMetrics(new Registry());
      return { metrics, sweeper: createIdempotencySweeper({ db, metrics, log, random: Math.random, batch: 100 }) };
    });
    await Promise.all(sweepers.map(({ sweeper }) => sweeper.sweep()));
    // A batch that others had locked ended a sweep early: the next one takes what is left.
    await sweepers[0]?.sweeper.sweep();
    await db.close();
    const swept = await Promise.all(
      sweepers.map(async ({ metrics }) => (await metrics.swept.get()).values[0]?.value ?? 0),
    );
    const [left] = await sql("SELECT count(*)::int AS keys, max(key::int) AS oldest FROM idempotency_keys");
    expect(left).toEqual({ keys: 1_439, oldest: 1_439 });
    expect(swept.reduce((sum, count) => sum + count)).toBe(3_000 - 1_439);
  });
});
