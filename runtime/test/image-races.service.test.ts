import { randomBytes, randomUUID } from "node:crypto";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createImageMetrics } from "../src/images/metrics.ts";
import { createImageRemoval } from "../src/images/removal.ts";
import { ImageReader, imageWrites, type ReservedImage } from "../src/images/repository.ts";
import { ImageService } from "../src/images/service.ts";
import { PostgresqlStore } from "../src/images/store/postgresql.ts";
import { createLogger } from "../src/kit/log.ts";
import { Permits } from "../src/kit/permits.ts";
import { Postgres } from "../src/kit/stores/postgres.ts";
import { SingleDatabase, type Transaction } from "../src/shards/databases.ts";
import { type Client, createClient } from "./client.ts";
import { storedCounts } from "./images.ts";
import { until } from "./instance.ts";
import { ownServices } from "./own-services.ts";
import { noise, unique } from "./pictures.ts";
import { lockProfile, runSql } from "./postgres.ts";
import { createSettings, endServices, migrateDatabase, type Settings, startService } from "./service.ts";

let settings: Settings;
let client: Client;
let other: Client;
let db: Postgres;
let databases: SingleDatabase;
let images: ImageService;
const log = createLogger("test", "silent");
const metrics = createImageMetrics(new Registry(), () => 0);

const port = () => ownServices().postgres.port;
const database = () => settings["DB_NAME"] ?? "";
const sql = (statement: string) => runSql(port(), database(), statement);

beforeAll(async () => {
  settings = { ...(await createSettings()), IMAGE_QUEUE_LENGTH: "0" };
  await migrateDatabase(settings);
  // One that lets images wait, and one that does not.
  const patient = startService("server", { ...settings, IMAGE_QUEUE_LENGTH: "50" });
  const hasty = startService("server", settings);
  await Promise.all([patient.ready(), hasty.ready()]);
  client = createClient(await patient.url());
  other = createClient(await hasty.url());
  const address = { host: "127.0.0.1", port: port(), user: "postgres", password: "not-asked-for" };
  db = new Postgres({ ...address, database: database(), applicationName: "race", maximum: 5 }, log);
  const store = new PostgresqlStore(db);
  databases = new SingleDatabase(db);
  images = new ImageService({
    db,
    databases,
    stores: { current: store, byName: new Map([["postgresql", store]]) },
    queue: new Permits({ count: 1 }),
    metrics,
    maxPixels: 1_000_000,
    maxPerProfile: 10,
    now: () => performance.now(),
  });
});
afterAll(async () => {
  await endServices();
  await db.close();
});

let count = 0;
async function newProfile(): Promise<string> {
  count += 1;
  return (await client.create(`races-${count}@example.org`)).id;
}

/** Removes what nobody has, once nothing has touched it for so many milliseconds. */
function sweep(retention: number): Promise<void> {
  return createImageRemoval({ db, s3: undefined, retention, metrics, log, random: () => 0 }).sweep();
}

/** Of no content that anybody uploads. */
async function reserve(): Promise<ReservedImage> {
  const size = { width: 1, height: 1, bytes: 3 };
  const sizes = { thumbnail: size, medium: size, large: size };
  return imageWrites.reserve(db, { hash: randomBytes(32), sizes }, randomBytes(32), randomUUID(), "postgresql");
}

const exists = async ({ hash }: ReservedImage) =>
  (await sql(`SELECT 1 FROM images WHERE hash = '\\x${hash.toString("hex")}'`)).length === 1;
const isLocked = async () =>
  (await sql("SELECT 1 FROM pg_stat_activity WHERE application_name = 'race' AND wait_event_type = 'Lock'")).length > 0;

function add(profileId: string, image: ReservedImage): Promise<unknown> {
  return databases.transaction((transaction) => images.add(transaction, profileId, image, {}));
}

describe("many at once", () => {
  test("uploads of the same image to one profile are one change, and one image", async () => {
    const id = await newProfile();
    const file = await noise(300, 200).png().toBuffer();
    const before = await storedCounts(settings);
    const answers = await Promise.all(Array.from({ length: 12 }, () => client.upload(id, file)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect((await client.read(id)).body.profile).toMatchObject({ version: 2, images: [answers[0]?.body.image] });
    const { images: stored, data, references } = before;
    expect(await storedCounts(settings)).toEqual({ images: stored + 1, data: data + 3, references: references + 1 });
  });

  test("uploads of different images to one profile: as many as it may have, in one order for all", async () => {
    const id = await newProfile();
    const files = await Promise.all(Array.from({ length: 14 }, () => unique()));
    const answers = await Promise.all(files.map((file) => client.upload(id, file)));
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 201), ...Array.from({ length: 4 }, () => 409)]);
    const { profile } = (await other.read(id)).body;
    expect([profile.version, profile.images.length]).toEqual([11, 10]);
    for (const { body } of answers.filter(({ status }) => status === 201)) {
      expect(profile.images.slice(0, body.profile.images.length)).toEqual(body.profile.images);
    }
  });

  test("uploads beyond what may wait are refused for now, and nothing of them is stored", async () => {
    const id = await newProfile();
    const files = await Promise.all(Array.from({ length: 6 }, () => noise(1_500, 1_000).jpeg().toBuffer()));
    const before = await storedCounts(settings);
    const answers = await Promise.all(files.map((file) => other.upload(id, file)));
    const done = answers.filter(({ status }) => status === 201).length;
    const busy = answers.filter(({ status }) => status === 503);
    expect([done > 0, busy.length > 0, done + busy.length]).toEqual([true, true, 6]);
    expect(busy[0]?.headers.get("retry-after")).toBe("5");
    expect(busy[0]?.body.detail).toBe("Too many images wait to be encoded; nothing was stored, so try again shortly.");
    const { images: stored } = await storedCounts(settings);
    expect(stored).toBe(before.images + done);
    expect(await other.metric('image_uploads_total{outcome="busy"}')).toBe(busy.length);
  });

  test("an upload does not keep others from being answered", async () => {
    const id = await newProfile();
    const done = new AbortController();
    const file = await noise(3_000, 3_000).jpeg({ quality: 50 }).toBuffer();
    const upload = client.upload(id, file).finally(() => done.abort());
    const during: number[] = [];
    while (!done.signal.aborted) {
      const startedAt = performance.now();
      expect((await client.read(id)).status).toBe(200);
      during.push(performance.now() - startedAt);
    }
    expect((await upload).status).toBe(201);
    expect(during.length).toBeGreaterThan(5);
  });
});

test("a profile that is replaced while it gets an image has both, in the answer and in the cache", async () => {
  const [id, image] = [await newProfile(), await reserve()];
  await client.read(id);
  const committing = Promise.withResolvers<void>();
  const added = Promise.withResolvers<void>();
  const upload = databases.transaction(async (transaction) => {
    await images.add(transaction, id, image, {});
    added.resolve();
    await committing.promise;
  });
  await added.promise;
  const replacing = client.replace(id, { name: "Replaced", email: `replaced-${id}@example.org` });
  await until("the replacement to wait", async () => {
    const waiting = "application_name = 'server' AND datname = current_database() AND wait_event_type = 'Lock'";
    return (await sql(`SELECT 1 FROM pg_stat_activity WHERE ${waiting}`)).length > 0;
  });
  committing.resolve();
  await upload;
  const { profile } = (await replacing).body;
  expect([profile.name, profile.version, profile.images.length]).toEqual(["Replaced", 3, 1]);
  for (const reader of [client, other, client]) expect((await reader.read(id)).body.profile).toEqual(profile);
});

describe("a profile that is deleted while an image is uploaded", () => {
  test("ends the upload with 404, and the image goes with it", async () => {
    const id = await newProfile();
    const file = await unique();
    const lock = await lockProfile(port(), database(), id);
    const deletion = client.delete(id);
    await lock.waitedForBy("server", 1);
    const upload = client.upload(id, file);
    await lock.waitedForBy("server", 2);
    await lock.release();
    expect([(await deletion).status, (await upload).status]).toEqual([204, 404]);
    expect(await sql(`SELECT 1 FROM profile_images WHERE profile_id = '${id}'`)).toEqual([]);
    await until("it to be removed", async () => {
      await sweep(1);
      return (
        (await sql("SELECT 1 FROM images WHERE NOT EXISTS (SELECT FROM profile_images p WHERE p.hash = images.hash)"))
          .length === 0
      );
    });
  });
});

describe("the removal of an image that nobody has", () => {
  test("leaves alone what an upload has just begun with, and takes what it never ended with", async () => {
    const image = await reserve();
    await sweep(60_000);
    expect(await exists(image)).toBe(true);
    await sweep(0);
    expect(await exists(image)).toBe(false);
    await expect(add(await newProfile(), image)).rejects.toThrow("the image was removed before its upload had ended");
  });

  test("waits for an upload that is being committed, and then finds that somebody has it", async () => {
    const [id, image] = [await newProfile(), await reserve()];
    const hash = `'\\x${image.hash.toString("hex")}'`;
    await sql(`UPDATE images SET touched_at = now() - interval '1 hour' WHERE hash = ${hash}`);
    await sql(`UPDATE image_reviews SET at = now() - interval '1 hour' WHERE hash = ${hash}`);
    const committing = Promise.withResolvers<void>();
    const added = Promise.withResolvers<void>();
    const upload = databases.transaction(async (transaction: Transaction) => {
      await images.add(transaction, id, image, {});
      added.resolve();
      await committing.promise;
    });
    await added.promise;
    const sweeping = sweep(60_000);
    await until("the removal to wait", isLocked);
    committing.resolve();
    await Promise.all([upload, sweeping]);
    expect(await exists(image)).toBe(true);
    expect(await sql(`SELECT 1 FROM image_reviews WHERE hash = ${hash}`)).toEqual([]);
    expect(await new ImageReader(db).find(image.hash.toString("hex"))).toMatchObject({ store: "postgresql" });
  });

  test("that comes first makes the upload of the same content store it anew", async () => {
    const [first, second] = [await newProfile(), await newProfile()];
    const file = await unique();
    const { hash } = (await client.upload(first, file)).body.image;
    const generation = async () =>
      (await sql(`SELECT generation FROM images WHERE encode(hash, 'hex') = '${hash}'`))[0];
    const before = await generation();
    await client.removeImage(first, hash);
    await sweep(0);
    expect(await generation()).toBeUndefined();
    const again = await client.upload(second, file);
    expect(again.body.image.hash).toBe(hash);
    expect(await generation()).not.toEqual(before);
    expect((await fetch(client.url + again.body.image.sizes.medium.url)).status).toBe(200);
  });

  test("never takes one that a profile has, however they come and go", async () => {
    const file = await unique();
    const profiles = await Promise.all(Array.from({ length: 4 }, newProfile));
    const stop = new AbortController();
    const sweeping = (async () => {
      while (!stop.signal.aborted) await sweep(50);
    })();
    let uploads = 0;
    const actors = profiles.map(async (id, index) => {
      const replica = index % 2 === 0 ? client : other;
      for (let round = 0; round < 15; round += 1) {
        const { status, body } = await replica.upload(id, file);
        expect([201, 503]).toContain(status);
        if (status !== 201) continue;
        uploads += 1;
        const { url } = body.image.sizes.thumbnail;
        expect((await fetch(replica.url + url)).status).toBe(200);
        expect((await replica.removeImage(id, body.image.hash)).status).toBe(200);
      }
    });
    await Promise.all(actors).finally(() => stop.abort());
    await sweeping;
    expect(uploads).toBeGreaterThan(10);
    await sweep(0);
    const { images: left } = await storedCounts(settings);
    expect(await sql("SELECT count(DISTINCT hash)::integer AS count FROM profile_images")).toEqual([{ count: left }]);
  });
});
