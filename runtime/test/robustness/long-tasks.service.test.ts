import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Client, createClient } from "../client.ts";
import { until } from "../instance.ts";
import { ownServices } from "../own-services.ts";
import { lockProfile, runSql } from "../postgres.ts";
import { createSettings, endServices, migrateDatabase, type Service, type Settings, startService } from "../service.ts";

vi.setConfig({ testTimeout: 180_000 });

const count = 3_000;
const change = { from: "old.example", to: "new.example" };
let settings: Settings;
let client: Client;

beforeEach(async () => {
  settings = await createSettings();
  await migrateDatabase(settings);
  await sql(`INSERT INTO profiles (id, name, email)
    SELECT gen_random_uuid(), 'Somebody', 'p' || n || CASE WHEN n % 3 = 0 THEN '@else.example' ELSE '@Old.example' END
    FROM generate_series(1, ${count}) AS n`);
  const server = startService("server", settings);
  await server.ready();
  client = createClient(await server.url());
});
afterEach(endServices);

async function sql(statement: string) {
  return runSql(ownServices().postgres.port, settings["DB_NAME"] ?? "", statement);
}

async function startWorker(): Promise<Service> {
  const worker = startService("worker", settings);
  await worker.ready();
  return worker;
}

/** Waits until so many profiles have been examined. */
async function examined(id: string, atLeast: number): Promise<void> {
  await until(`${atLeast} examined profiles`, async () => {
    const [row] = await sql(`SELECT (state->>'examined')::integer AS examined FROM tasks WHERE id = '${id}'`);
    return Number(row?.["examined"]) >= atLeast;
  });
}

async function versions() {
  return sql(`SELECT split_part(email, '@', 2) AS domain, version, count(*)::integer FROM profiles
    GROUP BY 1, 2 ORDER BY 1, 2`);
}

const allChanged = [
  { domain: "else.example", version: 1, count: count / 3 },
  { domain: "new.example", version: 2, count: (count * 2) / 3 },
];

describe("a change of domain", () => {
  test("changes each profile once, in the cache as well, and leaves those whose new address is taken", async () => {
    const [first] = await sql("SELECT id FROM profiles WHERE email = 'p1@Old.example'");
    const id = String(first?.["id"]);
    await client.read(id);
    const owner = await client.create("P2@new.example");
    const [kept] = await sql("SELECT id FROM profiles WHERE email = 'p2@Old.example'");
    await startWorker();
    const ended = await client.ended((await client.delay("profiles.change-domain", change)).id);
    expect(ended).toMatchObject({ status: "succeeded", attempts: 1 });
    expect(ended.result).toEqual({
      examined: count + 1,
      changed: (count * 2) / 3 - 1,
      skipped: 1,
      skippedProfileIds: [kept?.["id"]],
    });
    expect(ended.progress).toBeUndefined();
    expect((await client.read(id)).body.profile).toMatchObject({ email: "p1@new.example", version: 2 });
    expect((await client.read(owner.id)).body.profile.version).toBe(1);
  });

  test("tells how far it is, and stops where it is cancelled; a replay goes on from there", async () => {
    await startWorker();
    const [middle] = await sql(`SELECT id FROM profiles WHERE email = 'p${count / 2 + 1}@Old.example'`);
    const port = ownServices().postgres.port;
    const lock = await lockProfile(port, settings["DB_NAME"] ?? "", String(middle?.["id"]));
    const { id } = await client.delay("profiles.change-domain", change);
    await lock.waitedForBy("worker");
    const { status, progress } = await client.task(id);
    expect(status).toBe("running");
    expect(progress?.percent).toBeLessThan(51);
    expect(progress?.message).toMatch(/^\d+ profiles examined, \d+ changed$/);
    expect((await client.cancel(id)).status).toBe(200);
    await lock.release();
    expect((await client.task(id)).status).toBe("cancelled");
    await client.replay(id);
    const ended = await client.ended(id);
    expect(ended.result).toMatchObject({ examined: count, changed: (count * 2) / 3, skipped: 0 });
    expect(await versions()).toEqual(allChanged);
  });

  test("whose worker is killed again and again goes on where it was, each profile changed once", async () => {
    let worker = await startWorker();
    const { id } = await client.delay("profiles.change-domain", change);
    // More often than a task has attempts: what gets further keeps them.
    for (let kill = 1; kill <= 7; kill += 1) {
      await examined(id, kill * 300);
      await worker.exit("SIGKILL");
      worker = await startWorker();
    }
    const ended = await client.ended(id);
    expect(ended.result).toMatchObject({ examined: count, changed: (count * 2) / 3, skipped: 0 });
    expect(await versions()).toEqual(allChanged);
  });

  test("is handed over when its worker is asked to stop", async () => {
    const worker = await startWorker();
    const { id } = await client.delay("profiles.change-domain", change);
    await examined(id, 100);
    expect(await worker.exit("SIGTERM")).toBe(0);
    expect(worker.logs.find(({ taskId }) => taskId === id)).toMatchObject({ outcome: "handed-over" });
    expect((await client.task(id)).status).toBe("running");
    await startWorker();
    expect((await client.ended(id)).result).toMatchObject({ examined: count, changed: (count * 2) / 3 });
    expect(await versions()).toEqual(allChanged);
  });
});
