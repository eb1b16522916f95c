import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Task } from "../../src/tasks/task.ts";
import { type Client, createClient, send } from "../client.ts";
import { until } from "../instance.ts";
import { createLink } from "../link.ts";
import { ownServices } from "../own-services.ts";
import { lockProfile, runSql } from "../postgres.ts";
import { brokerUri } from "../rabbitmq.ts";
import { createSettings, endServices, migrateDatabase, type Service, type Settings, startService } from "../service.ts";

vi.setConfig({ testTimeout: 120_000 });

let settings: Settings;
let client: Client;

beforeEach(async () => {
  settings = await createSettings();
  await migrateDatabase(settings);
  client = await startServer();
});
afterEach(endServices);

async function startServer(changes: Settings = {}): Promise<Client> {
  const server = startService("server", { ...settings, ...changes });
  await server.ready();
  return createClient(await server.url());
}

async function startWorker(): Promise<Service> {
  const worker = startService("worker", settings);
  await worker.ready();
  return worker;
}

async function sql(statement: string) {
  return runSql(ownServices().postgres.port, settings["DB_NAME"] ?? "", statement);
}

/** Uses up a task's attempts as a type does that no worker knows. */
async function die(id: string): Promise<Task> {
  await sql(
    `UPDATE tasks SET type = 'from.the.future', max_attempts = attempts + 1, run_at = now(), dispatch_at = now()
     WHERE id = '${id}'`,
  );
  return client.ended(id);
}

describe("cancelling", () => {
  test("a scheduled task, any number of times: it never runs", async () => {
    const worker = await startWorker();
    const { id } = await client.delay("echo", {}, 1);
    const cancelled = await client.cancel(id);
    expect([cancelled.status, cancelled.body.task]).toMatchObject([200, { id, status: "cancelled", attempts: 0 }]);
    expect(cancelled.body.task.finishedAt).toBeDefined();
    expect((await client.cancel(id)).body).toEqual(cancelled.body);
    // What is scheduled later than it, and carried out, shows that its time is over.
    await client.ended((await client.delay("echo", {}, 1.5)).id);
    expect(await client.task(id)).toEqual(cancelled.body.task);
    expect(worker.logs.some(({ taskId }) => taskId === id)).toBe(false);
  });

  test("a task whose message is on the queue already", async () => {
    const { id: profileId } = await client.create("queued@example.org");
    const { id } = await client.delay("profile.delete", { profileId });
    await until("the publication", async () => (await client.metric("tasks_published_total")) === 1);
    expect((await client.task(id)).status).toBe("queued");
    expect((await client.cancel(id)).body.task.status).toBe("cancelled");
    await startWorker();
    await client.ended((await client.delay("echo", {})).id);
    expect(await client.task(id)).toMatchObject({ status: "cancelled", attempts: 0 });
    expect((await client.read(profileId)).status).toBe(200);
  });

  test("a running task: its attempt is undone", async () => {
    const worker = await startWorker();
    const { id: profileId } = await client.create("running@example.org");
    const lock = await lockProfile(ownServices().postgres.port, settings["DB_NAME"] ?? "", profileId);
    const { id } = await client.delay("profile.update", { profileId, changes: { name: "Never" } });
    await lock.waitedForBy("worker");
    expect((await client.cancel(id)).body.task).toMatchObject({ status: "cancelled", attempts: 1 });
    await lock.release();
    const line = await until("the attempt's end", async () => worker.logs.find(({ taskId }) => taskId === id));
    expect(line).toMatchObject({ outcome: "dropped" });
    expect((await client.task(id)).status).toBe("cancelled");
    expect((await client.read(profileId)).body.profile).toMatchObject({ name: "Ada Lovelace", version: 1 });
  });

  test("a task that has ended, or that there never was, is refused", async () => {
    await startWorker();
    const { id } = await client.delay("echo", {});
    await client.ended(id);
    const refused = await client.cancel(id);
    expect(refused.body).toMatchObject({
      status: 409,
      type: "urn:profile-platform:problem:task-ended",
      detail: "The task has succeeded already; what it did stays done. There is nothing left to cancel.",
    });
    expect((await client.cancel(crypto.randomUUID())).status).toBe(404);
    expect((await client.cancel("nonsense")).status).toBe(400);
    const body = await send(`${client.url}/api/v1/tasks/${id}/cancel`, "POST", { reason: "x" });
    expect(body.body.errors?.map(({ pointer }) => pointer)).toEqual(["#/reason"]);
    expect((await send(`${client.url}/api/v1/tasks/${id}/cancel`)).headers.get("allow")).toBe("POST");
  });
});

describe("a server whose RabbitMQ does not answer", () => {
  test("keeps nobody from cancelling what it is about to publish, nor other servers from publishing it", async () => {
    await startWorker();
    const link = await createLink(ownServices().rabbitmq.port);
    const stalled = await startServer({ QUEUE_URI: brokerUri(link.port) });
    const connected = () => stalled.metric('dependency_up{dependency="rabbitmq"}');
    await until("its connection", async () => (await connected()) === 1);
    const failures = () => stalled.metric("task_dispatch_failures_total");
    link.stall();
    // Either server may come first; whatever the stalled one takes is free again after a few seconds.
    const tasks: Task[] = [];
    await until("a task that the stalled server takes", async () => {
      tasks.push(await stalled.delay("echo", {}, 3_600), await stalled.delay("echo", {}));
      return (await failures()) > 0;
    });
    const startedAt = performance.now();
    const waiting = tasks.filter((_, index) => index % 2 === 0);
    await Promise.all(waiting.map(({ id }) => client.cancel(id)));
    const { id } = await stalled.delay("echo", {});
    await client.cancel(id);
    // No lock is waited for: the broker's timeout alone would be 4 s.
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    const ended = await Promise.all(tasks.map((task) => client.ended(task.id)));
    expect(ended.map(({ status }) => status)).toEqual(
      tasks.map((_, index) => (index % 2 === 0 ? "cancelled" : "succeeded")),
    );
    await link.close();
  });
});

describe("replaying", () => {
  test("a failed task has fresh attempts, and keeps what happened before", async () => {
    await startWorker();
    const { id } = await client.delay("echo", { a: 1 }, 3_600);
    const failed = await die(id);
    expect(failed).toMatchObject({ status: "failed", attempts: 1, maxAttempts: 1 });
    const again = await client.replay(id);
    expect([again.status, again.body.task]).toMatchObject([
      202,
      { status: "scheduled", attempts: 0, maxAttempts: 5, replays: { count: 1 } },
    ]);
    expect(again.body.task.error).toBeUndefined();
    await die(id);
    await sql(`UPDATE tasks SET type = 'echo' WHERE id = '${id}'`);
    expect((await client.replay(id, { delaySeconds: 0.2 })).status).toBe(202);
    const ended = await client.ended(id);
    expect(ended).toMatchObject({ status: "succeeded", attempts: 1, maxAttempts: 5, result: { a: 1 } });
    expect(ended.replays).toMatchObject({
      count: 2,
      firstFailure: { ...failed.error, failedAt: failed.finishedAt },
    });
    expect((await client.replay(id)).body).toMatchObject({
      status: 409,
      detail: "The task has succeeded. Schedule a new one to have its effect again.",
    });
  });

  test("a cancelled task runs after all; one that waits to run is refused", async () => {
    await startWorker();
    const { id } = await client.delay("echo", { a: 1 }, 3_600);
    expect((await client.replay(id)).body.type).toBe("urn:profile-platform:problem:task-not-replayable");
    await client.cancel(id);
    const refused = await client.replay(id, { delaySeconds: 1, runAt: "2026-01-01T00:00:00Z" });
    expect(refused.body.errors?.map(({ pointer }) => pointer)).toEqual(["#/runAt"]);
    const deep = JSON.parse(`${"[".repeat(1_000)}${"]".repeat(1_000)}`) as unknown;
    expect((await client.replay(id, { deep })).body.errors?.map(({ pointer }) => pointer)).toEqual(["#"]);
    const { body } = await client.replay(id);
    expect(body.task.replays).toEqual({ count: 1, latestAt: body.task.replays?.latestAt });
    expect((await client.ended(id)).status).toBe("succeeded");
    expect((await client.replay(crypto.randomUUID())).status).toBe(404);
  });

  test("an attempt from before the replay commits nothing after it", async () => {
    await startWorker();
    const { id: profileId } = await client.create("before@example.org");
    const lock = await lockProfile(ownServices().postgres.port, settings["DB_NAME"] ?? "", profileId);
    const { id } = await client.delay("profile.update", { profileId, changes: { bio: "once" } });
    await lock.waitedForBy("worker");
    await client.cancel(id);
    await client.replay(id);
    await lock.waitedForBy("worker", 2);
    await lock.release();
    expect(await client.ended(id)).toMatchObject({ status: "succeeded", attempts: 1, result: { version: 2 } });
    expect((await client.read(profileId)).body.profile.version).toBe(2);
  });
});

describe("listing", () => {
  test("in the order of due times, page by page, by status, type and time", async () => {
    const at = (minute: number): string => new Date(Date.UTC(2030, 0, 1, 0, minute)).toISOString();
    // Out of order, and two due at the same time.
    for (const minute of [3, 1, 2, 2, 4]) {
      const input = { type: "echo", payload: { minute }, runAt: at(minute) };
      // A year ahead is the most that may be asked for.
      const { id } = await client.delay("echo", input.payload, 3_600);
      await sql(`UPDATE tasks SET run_at = '${input.runAt}', dispatch_at = '${input.runAt}' WHERE id = '${id}'`);
    }
    const deletion = await client.delay("profile.delete", { profileId: crypto.randomUUID() }, 3_600);
    await client.cancel(deletion.id);

    const minutes: unknown[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await client.list({ type: "echo", limit: "2", ...(cursor === undefined ? {} : { cursor }) });
      expect(body.tasks.length).toBeLessThanOrEqual(2);
      minutes.push(...body.tasks.map(({ payload }) => (payload as { minute: number }).minute));
      cursor = body.nextCursor;
    } while (cursor !== undefined);
    expect(minutes).toEqual([1, 2, 2, 3, 4]);

    const between = await client.list({ status: "scheduled", dueAfter: at(1), dueBefore: at(3) });
    expect(between.body.tasks.map(({ payload }) => payload)).toEqual([{ minute: 2 }, { minute: 2 }]);
    const cancelled = await client.list({ status: "cancelled" });
    expect(cancelled.body).toEqual({ tasks: [expect.objectContaining({ id: deletion.id })] });
    expect((await client.list({ status: "failed", type: "echo" })).body).toEqual({ tasks: [] });
    const refused = await client.list({ status: "dead", since: "yesterday" });
    expect(refused.body.errors?.map(({ pointer }) => pointer)).toEqual(["status", "since"]);
  });
});

describe("ended tasks", () => {
  test("are removed after a while, by several servers at once; others stay", async () => {
    await startWorker();
    const tasks = await Promise.all(Array.from({ length: 40 }, (_, index) => client.delay("echo", { index })));
    await Promise.all(tasks.map(({ id }) => client.ended(id)));
    const waiting = await client.delay("echo", {}, 3_600);
    const multiply = `INSERT INTO tasks (id, type, payload, status, run_at, max_attempts, correlation_id, finished_at)
      SELECT gen_random_uuid(), 'echo', '{}', 'succeeded', now(), 5, '', now() FROM generate_series(1, 1500)`;
    await sql(multiply);
    const sweepers = await Promise.all([startServer({ TASK_RETENTION: "1s" }), startServer({ TASK_RETENTION: "1s" })]);
    await until("the removal", async () => {
      const removed = await Promise.all(sweepers.map((sweeper) => sweeper.metric("tasks_removed_total")));
      return removed.reduce((sum, each) => sum + each) === 1_540;
    });
    expect(await sql("SELECT id FROM tasks")).toEqual([{ id: waiting.id }]);
    expect((await client.task(waiting.id)).status).toBe("scheduled");
    const [first] = tasks;
    expect((await send(`${client.url}/api/v1/tasks/${first?.id}`)).status).toBe(404);
  });
});

describe("gauges", () => {
  test("tell what waits, what is late and what is dead", async () => {
    const worker = await startWorker();
    const { id } = await client.delay("echo", {}, 3_600);
    await die(id);
    await worker.exit("SIGTERM");
    await client.delay("echo", {}, 3_600);
    await client.delay("echo", {}, 7_200);
    // A server asks at most every 15 s: this one has not asked before.
    const fresh = await startServer();
    expect(await fresh.metric("tasks_dead")).toBe(1);
    expect(await fresh.metric("tasks_scheduled")).toBe(2);
    expect(await fresh.metric("tasks_due_unpublished")).toBe(0);
  });
});
