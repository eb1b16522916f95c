import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { createClient } from "../client.ts";
import { until } from "../instance.ts";
import { ownServices } from "../own-services.ts";
import { runSql } from "../postgres.ts";
import { createSettings, endServices, migrateDatabase, startService } from "../service.ts";

vi.setConfig({ testTimeout: 180_000 });
afterEach(endServices);

const perSecond = 100;
const seconds = 6;
/** Milliseconds. How late tasks are is for a benchmark to say; what waits for longer than this was forgotten. */
const allowed = 5_000;

test(`at ${perSecond} tasks a second, of 100 tasks 99 begin within ${allowed} ms of their time`, async () => {
  const settings = await createSettings();
  const sql = (statement: string) => runSql(ownServices().postgres.port, settings["DB_NAME"] ?? "", statement);
  await migrateDatabase(settings);
  // What waits for longer, and what ended before, must not matter.
  await sql(`INSERT INTO tasks (id, type, payload, run_at, dispatch_at, max_attempts, correlation_id)
    SELECT gen_random_uuid(), 'echo', '{}', at, at, 5, '' FROM generate_series(1, 50000) AS n,
      LATERAL (SELECT now() + interval '1 hour' + n * interval '1 second') AS later (at)`);
  const services = [
    startService("server", settings),
    startService("server", settings),
    startService("worker", settings),
  ];
  await Promise.all(services.map((service) => service.ready()));
  const clients = await Promise.all(services.slice(0, 2).map(async (service) => createClient(await service.url())));

  const submitted: Promise<{ readonly id: string }>[] = [];
  const startedAt = performance.now();
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const task = clients[index % clients.length]?.delay("echo", { index }, 0.5 + (index % 20) / 10);
    if (task !== undefined) submitted.push(task);
    await sleep(Math.max(0, startedAt + (index + 1) * (1_000 / perSecond) - performance.now()));
  }
  await Promise.all(submitted);
  const ended = "FROM tasks WHERE status = 'succeeded'";
  await until("the end of all tasks", async () => (await sql(`SELECT 1 ${ended}`)).length === submitted.length);

  const late = (column: string): string =>
    `round(1000 * percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM ${column} - run_at)))::integer`;
  expect(await sql("SELECT id FROM tasks WHERE queued_at < run_at")).toEqual([]);
  const [p99] = await sql(`SELECT ${late("queued_at")} AS claimed, ${late("started_at")} AS begun ${ended}`);
  console.log(`99 of 100 tasks: claimed ${String(p99?.["claimed"])} ms late, begun ${String(p99?.["begun"])} ms late`);
  expect(Number(p99?.["begun"])).toBeLessThanOrEqual(allowed);
});
