import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import type { Task } from "../../src/tasks/task.ts";
import { createClient, type ProfileBody, send } from "../client.ts";
import { type Instance, killInstance, until } from "../instance.ts";
import { createLink } from "../link.ts";
import { ownServices } from "../own-services.ts";
import { createPostgres, runSql, startPostgres } from "../postgres.ts";
import { brokerUri, startRabbitmq } from "../rabbitmq.ts";
import {
  createSettings,
  endServices,
  migrateDatabase,
  type Service,
  type ServiceName,
  type Settings,
  startService,
} from "../service.ts";

vi.setConfig({ testTimeout: 420_000, hookTimeout: 120_000 });

const started: Instance[] = [];
afterEach(async () => {
  await endServices();
  for (const instance of started.splice(0)) await killInstance(instance);
});

/** Tasks acknowledged between two kills. */
const between = 150;

/** Milliseconds between two submissions of one submitter. */
const pace = 20;

/** A service that is killed and started again, and may be found at another port each time. */
class Replica {
  readonly #name: ServiceName;
  readonly #settings: Settings;
  #service: Service;

  constructor(name: ServiceName, settings: Settings) {
    this.#name = name;
    this.#settings = settings;
    this.#service = startService(name, settings);
  }

  ready(): Promise<void> {
    return this.#service.ready();
  }

  url(): Promise<string> {
    return this.#service.url();
  }

  async kill(): Promise<void> {
    await this.#service.exit("SIGKILL");
    this.#service = startService(this.#name, this.#settings);
    await this.#service.ready();
  }
}

/** Schedules tasks at any server that answers. */
class Submitter {
  readonly acknowledged: string[] = [];
  readonly #servers: readonly Replica[];
  readonly #profileIds: readonly string[];
  readonly #stopping = new AbortController();
  #done: Promise<void> | undefined;

  constructor(servers: readonly Replica[], profileIds: readonly string[]) {
    this.#servers = servers;
    this.#profileIds = profileIds;
  }

  start(): void {
    this.#done = this.#submit();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #submit(): Promise<void> {
    for (let index = 0; !this.#stopping.signal.aborted; index += 1) {
      const profileId = this.#profileIds[index % this.#profileIds.length];
      const payload = { profileId, changes: { bio: `by task ${index}` } };
      // All of a second are due at once, so that there is a heap of them to be killed in.
      const runAt = new Date((Math.ceil(Date.now() / 1_000) + 1) * 1_000).toISOString();
      const input = { type: "profile.update", payload, runAt };
      const server = this.#servers[index % this.#servers.length];
      try {
        const url = await server?.url();
        const answer = await send<{ task: Task }>(`${url}/api/v1/tasks/delayed`, "POST", input);
        if (answer.status === 202) this.acknowledged.push(answer.body.task.id);
      } catch {
        // The server was killed: whether the task was recorded nobody knows, so it was not acknowledged.
      }
      await sleep(pace);
    }
  }
}

test("whatever is killed, and whenever: every acknowledged task ends, its effect exactly once", async () => {
  const { directory, rabbitmq } = ownServices();
  const postgres = await createPostgres(directory, "postgresql-to-be-killed", started);
  const settings: Settings = { ...(await createSettings()), DB_PORT: String(postgres.port), DB_NAME: "postgres" };
  await migrateDatabase(settings);
  const servers = [new Replica("server", settings), new Replica("server", settings)];
  const workers = [new Replica("worker", settings), new Replica("worker", settings)];
  await Promise.all([...servers, ...workers].map((replica) => replica.ready()));

  const profileIds: string[] = [];
  for (let index = 0; index < 20; index += 1) {
    const input = { name: "Somebody", email: `p${index}@example.org` };
    const { body } = await send<ProfileBody>(`${await servers[0]?.url()}/api/v1/profiles`, "POST", input);
    profileIds.push(body.profile.id);
  }
  const submitters = Array.from({ length: 3 }, () => new Submitter(servers, profileIds));
  const acknowledged = (): readonly string[] => submitters.flatMap((submitter) => submitter.acknowledged);
  for (const submitter of submitters) submitter.start();

  const restart = async (instance: Instance, start: (instance: Instance) => Promise<void>): Promise<void> => {
    await killInstance(instance);
    await start(instance);
  };
  const kills: readonly (() => Promise<unknown>)[] = [
    async () => servers[0]?.kill(),
    async () => workers[0]?.kill(),
    () => restart(postgres, startPostgres),
    async () => servers[1]?.kill(),
    () => restart(rabbitmq, startRabbitmq),
    async () => workers[1]?.kill(),
    () => Promise.all([...servers, ...workers].map((replica) => replica.kill())),
    () => Promise.all([restart(postgres, startPostgres), servers[0]?.kill(), workers[0]?.kill()]),
  ];
  let before = 0;
  for (const kill of kills) {
    // Something is under way whenever something is killed.
    await until("tasks to be killed with", async () => acknowledged().length >= before + between);
    before = acknowledged().length;
    await kill();
  }
  await until("tasks after the last kill", async () => acknowledged().length >= before + between);
  await Promise.all(submitters.map((submitter) => submitter.stop()));

  const sql = (statement: string) => runSql(postgres.port, "postgres", statement);
  const unended = "SELECT 1 FROM tasks WHERE status NOT IN ('succeeded', 'failed', 'cancelled')";
  await until("the end of all tasks", async () => (await sql(unended)).length === 0, 180_000);
  expect(await sql("SELECT status, error FROM tasks WHERE status <> 'succeeded'")).toEqual([]);
  const rows = await sql("SELECT id, attempts, publications FROM tasks");
  const recorded = new Set(rows.map(({ id }) => id));
  expect(acknowledged().filter((id) => !recorded.has(id))).toEqual([]);
  const count = (column: string): number => rows.filter((row) => Number(row[column]) > 1).length;
  console.log(
    `${acknowledged().length} tasks acknowledged, ${rows.length} recorded, ` +
      `${count("publications")} published and ${count("attempts")} begun more than once`,
  );
  // Each effect made the version one larger: more effects than tasks, or fewer, would show.
  const uneven = await sql(`SELECT id, version, carried_out FROM profiles
    JOIN (SELECT payload->>'profileId' AS profile_id, count(*)::integer AS carried_out FROM tasks GROUP BY 1) AS t
      ON t.profile_id = id::text
    WHERE version <> 1 + carried_out`);
  expect(uneven).toEqual([]);
});

test("a server killed between claim and publication: another one publishes after a few seconds", async () => {
  const { postgres, rabbitmq } = ownServices();
  const settings = await createSettings();
  await migrateDatabase(settings);
  const link = await createLink(rabbitmq.port);
  const doomed = startService("server", { ...settings, QUEUE_URI: brokerUri(link.port) });
  await doomed.ready();
  const client = createClient(await doomed.url());
  const connected = 'dependency_up{dependency="rabbitmq"}';
  await until("its connection", async () => (await client.metric(connected)) === 1);
  link.stall();
  const { id } = await client.delay("echo", {});
  await until("the claim", async () => (await client.task(id)).status === "queued");
  await doomed.exit("SIGKILL");

  const successors = [startService("server", settings), startService("worker", settings)];
  await Promise.all(successors.map((service) => service.ready()));
  const ended = await createClient((await successors[0]?.url()) ?? "").ended(id);
  expect(ended).toMatchObject({ status: "succeeded", attempts: 1 });
  const [row] = await runSql(postgres.port, settings["DB_NAME"] ?? "", "SELECT publications FROM tasks");
  expect(row).toEqual({ publications: 2 });
  const late = Date.parse(ended.startedAt ?? "") - Date.parse(ended.runAt);
  expect(late).toBeLessThan(15_000);
  await link.close();
});
