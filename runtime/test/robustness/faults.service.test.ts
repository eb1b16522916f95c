import { connect } from "amqplib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Client, createClient, send } from "../client.ts";
import { type Instance, killInstance, until } from "../instance.ts";
import { createLink } from "../link.ts";
import { ownServices } from "../own-services.ts";
import { createPostgres, lockProfile, runSql, startPostgres } from "../postgres.ts";
import { brokerUri, startRabbitmq } from "../rabbitmq.ts";
import { createSettings, endServices, migrateDatabase, type Service, type Settings, startService } from "../service.ts";

// Outages take their time, and more of it on a busy machine.
vi.setConfig({ testTimeout: 180_000 });

let settings: Settings;

beforeEach(async () => {
  settings = await createSettings();
});
afterEach(endServices);

async function startServer(): Promise<{ readonly service: Service; readonly client: Client }> {
  const service = startService("server", settings);
  await service.ready();
  return { service, client: createClient(await service.url()) };
}

function alive({ process }: Service): boolean {
  return process.exitCode === null && process.signalCode === null;
}

describe("PostgreSQL restarted", () => {
  const started: Instance[] = [];
  afterEach(async () => {
    for (const instance of started.splice(0)) await killInstance(instance);
  });

  test("readiness says so meanwhile, nothing ends, and everything goes on afterwards", async () => {
    const postgres = await createPostgres(ownServices().directory, "postgresql-of-its-own", started);
    settings = { ...settings, DB_PORT: String(postgres.port), DB_NAME: "postgres" };
    await migrateDatabase(settings);
    const { service, client } = await startServer();
    const worker = startService("worker", settings);
    await worker.ready();
    const { id } = await client.create("restart@example.org");
    const task = await client.delay("profile.update", { profileId: id, changes: { name: "After the restart" } }, 1);

    await killInstance(postgres);
    const refused = await until("an unready server", async () => {
      const answer = await send<{ reason?: string }>(`${client.url}/ready`);
      return answer.status === 503 ? answer.body : undefined;
    });
    expect(refused.reason).toBe("waiting for postgresql");
    const answer = await send(`${client.url}/api/v1/profiles`);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
    expect(answer.body.detail).toBe("postgresql cannot be reached; try again shortly.");
    expect((await send(`${client.url}/health`)).status).toBe(200);

    await startPostgres(postgres);
    await Promise.all([service.ready(), worker.ready()]);
    expect((await client.ended(task.id)).status).toBe("succeeded");
    expect((await client.read(id)).body.profile.name).toBe("After the restart");
    expect([alive(service), alive(worker)]).toEqual([true, true]);
  });
});

describe("RabbitMQ restarted", () => {
  test("while tasks are published: none is lost, none has its effect twice", async () => {
    const { rabbitmq } = ownServices();
    await migrateDatabase(settings);
    const { service, client } = await startServer();
    const worker = startService("worker", settings);
    await worker.ready();
    const { id } = await client.create("broker@example.org");
    const submit = () => client.delay("profile.update", { profileId: id, changes: { bio: crypto.randomUUID() } });

    const tasks = [];
    for (let index = 0; index < 20; index += 1) tasks.push(await submit());
    await killInstance(rabbitmq);
    for (let index = 0; index < 20; index += 1) tasks.push(await submit());
    expect((await send(`${client.url}/ready`)).status).toBe(200);
    await until("an unready worker", async () => (await send(`${await worker.url()}/ready`)).status === 503);
    await startRabbitmq(rabbitmq);
    await worker.ready();

    const ended = await Promise.all(tasks.map((task) => client.ended(task.id)));
    expect(ended.map(({ status }) => status)).toEqual(ended.map(() => "succeeded"));
    expect((await client.read(id)).body.profile.version).toBe(1 + tasks.length);
    expect([alive(service), alive(worker)]).toEqual([true, true]);
  });
});

describe("a worker killed in the middle of a task", () => {
  test("another one carries it out, and its effect happens once", async () => {
    const { postgres } = ownServices();
    const database = settings["DB_NAME"] ?? "";
    await migrateDatabase(settings);
    const { client } = await startServer();
    const doomed = startService("worker", settings);
    await doomed.ready();
    const { id } = await client.create("killed@example.org");

    const lock = await lockProfile(postgres.port, database, id);
    const task = await client.delay("profile.update", { profileId: id, changes: { name: "Once" } });
    await lock.waitedForBy("worker");
    expect((await client.task(task.id)).status).toBe("running");
    await doomed.exit("SIGKILL");
    await lock.release();

    const successor = startService("worker", settings);
    await successor.ready();
    const ended = await client.ended(task.id);
    expect(ended).toMatchObject({ status: "succeeded", attempts: 2, result: { version: 2 } });
    expect((await client.read(id)).body.profile).toMatchObject({ name: "Once", version: 2 });
  });
});

describe("a worker cut off from RabbitMQ in the middle of a task", () => {
  test("may finish it or not, but the one that takes over does not repeat its effect", async () => {
    const { postgres, rabbitmq } = ownServices();
    await migrateDatabase(settings);
    const { client } = await startServer();
    const link = await createLink(rabbitmq.port);
    const cutOff = startService("worker", { ...settings, QUEUE_URI: brokerUri(link.port) });
    await cutOff.ready();
    const { id } = await client.create("cut-off@example.org");
    const lock = await lockProfile(postgres.port, settings["DB_NAME"] ?? "", id);
    const task = await client.delay("profile.update", { profileId: id, changes: { name: "Once" } });
    await lock.waitedForBy("worker");

    const successor = startService("worker", settings);
    await successor.ready();
    link.cut();
    // Both are now in the middle of the same task, and a moment later both are free to go on.
    await lock.waitedForBy("worker", 2);
    await lock.release();
    expect((await client.ended(task.id)).status).toBe("succeeded");
    await Promise.all([successor.exit("SIGTERM"), cutOff.exit("SIGTERM")]);
    expect((await client.read(id)).body.profile).toMatchObject({ name: "Once", version: 2 });
    await link.close();
  });
});

describe("a task that goes on failing", () => {
  test("is set aside after its last attempt, with the reason in its status", async () => {
    const { postgres, rabbitmq } = ownServices();
    const database = settings["DB_NAME"] ?? "";
    await migrateDatabase(settings);
    const { client } = await startServer();
    const { id } = await client.delay("echo", {}, 3_600);
    // A type that only a later version knows: worth another attempt, for that version may be on its way.
    const change = "SET type = 'from.the.future', max_attempts = 2, dispatch_at = clock_timestamp()";
    await runSql(postgres.port, database, `UPDATE tasks ${change} WHERE id = '${id}'`);
    const worker = startService("worker", settings);
    await worker.ready();
    const ended = await client.ended(id);
    expect(ended).toMatchObject({ status: "failed", attempts: 2 });
    expect(ended.error).toEqual({
      code: "attempt-failed",
      message: "this version of the worker does not know tasks of type from.the.future",
    });
    const connection = await connect(brokerUri(rabbitmq.port));
    const channel = await connection.createChannel();
    const dead = await until("the dead letter", async () => {
      const message = await channel.get("profile.tasks.dead", { noAck: true });
      return message !== false && message.properties.messageId === id ? message : undefined;
    });
    expect(JSON.parse(dead.content.toString())).toEqual({ taskId: id });
    expect(dead.properties.headers).toMatchObject({
      "task-type": "from.the.future",
      "task-attempts": 2,
      "error-code": "attempt-failed",
      "error-message": "this version of the worker does not know tasks of type from.the.future",
    });
    await connection.close();
  });
});

describe("asked to stop", () => {
  test("the server answers what is in flight, and says that it is draining", async () => {
    const { postgres } = ownServices();
    await migrateDatabase(settings);
    const { service, client } = await startServer();
    const { id } = await client.create("draining@example.org");
    const lock = await lockProfile(postgres.port, settings["DB_NAME"] ?? "", id);
    const inFlight = client.replace(id, { name: "Finished", email: "draining@example.org" });
    await lock.waitedForBy("server");
    const exit = service.exit("SIGTERM");
    const draining = await until("draining", async () => {
      const answer = await send<{ reason?: string }>(`${client.url}/ready`);
      return answer.status === 503 ? answer.body : undefined;
    });
    expect(draining.reason).toBe("draining");
    await lock.release();
    expect((await inFlight).body.profile.name).toBe("Finished");
    expect(await exit).toBe(0);
    await expect(fetch(`${client.url}/health`)).rejects.toThrow("fetch failed");
  });

  test("a worker finishes what it has begun, and a server that waits for its database just ends", async () => {
    await migrateDatabase(settings);
    const { client } = await startServer();
    const worker = startService("worker", settings);
    await worker.ready();
    const tasks = [];
    for (let index = 0; index < 30; index += 1) tasks.push(await client.delay("echo", { index }));
    expect(await worker.exit("SIGTERM")).toBe(0);
    const statuses = await Promise.all(tasks.map(async ({ id }) => (await client.task(id)).status));
    expect(statuses).not.toContain("running");

    const waiting = startService("server", { ...settings, DB_PORT: "1" });
    await waiting.url();
    expect(await waiting.exit("SIGTERM")).toBe(0);
  });
});
