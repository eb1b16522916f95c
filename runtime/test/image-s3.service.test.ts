import { randomUUID } from "node:crypto";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { S3Store } from "../src/images/store/s3.ts";
import { Breakers } from "../src/kit/breakers.ts";
import { breakerVariables, loadConfig } from "../src/kit/config.ts";
import { CircuitOpenError, UnavailableError } from "../src/kit/errors.ts";
import { createLogger } from "../src/kit/log.ts";
import type { ProfileView } from "../src/profiles/profile.ts";
import { type Client, createClient, send } from "./client.ts";
import { type Collector, kinds, startCollector } from "./collector.ts";
import { storedCounts } from "./images.ts";
import { type Instance, killInstance, until } from "./instance.ts";
import { createLink } from "./link.ts";
import { ownServices } from "./own-services.ts";
import { noise, unique } from "./pictures.ts";
import { bucket, createS3, installS3, objectKeys } from "./s3.ts";
import { createSettings, endServices, migrateDatabase, type Settings, startService } from "./service.ts";

let s3: Instance;
let settings: Settings;
let client: Client;
let collector: Collector;

const access = { S3_ACCESS_KEY_ID: "only-for-tests", S3_SECRET_ACCESS_KEY: "only-for-tests" };

beforeAll(async () => {
  const program = await installS3();
  s3 = await createS3(ownServices().directory, `s3-${randomUUID()}`, program);
  settings = { ...(await createSettings()), IMAGE_ORPHAN_RETENTION: "1s" };
  await migrateDatabase(settings);
  const plain = startService("server", { ...settings, IMAGE_ORPHAN_RETENTION: "1h" });
  await plain.ready();
  const before = createClient(await plain.url());
  const { id } = await before.create("before@example.org");
  await before.upload(id, await unique());
  await plain.exit("SIGTERM");
  collector = await startCollector();
  settings = {
    ...settings,
    ...access,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: "50",
    S3_BUCKET: bucket,
    S3_ENDPOINT: `http://127.0.0.1:${s3.port}`,
    S3_FORCE_PATH_STYLE: "true",
  };
  const server = startService("server", settings);
  await server.ready();
  client = createClient(await server.url());
}, 600_000);
afterAll(async () => {
  await endServices();
  await collector.close();
  await killInstance(s3);
});

const names = (hash: string) => async () => (await objectKeys(s3)).filter((key) => key.startsWith(`images/${hash}/`));

test("images go to the bucket once it is configured; those of before stay where they are", async () => {
  const listing = `${client.url}/api/v1/profiles?email=before@example.org`;
  const { body: page } = await send<{ profiles: readonly ProfileView[] }>(listing);
  const old = page.profiles[0]?.images[0]?.sizes.large.url ?? "";
  expect((await fetch(client.url + old)).status).toBe(200);
  const { data } = await storedCounts(settings);

  const { id } = await client.create("bucket@example.org");
  const { status, body } = await client.upload(id, await noise(900, 900).jpeg().toBuffer());
  expect(status).toBe(201);
  expect((await storedCounts(settings)).data).toBe(data);
  const { hash, sizes } = body.image;
  const keys = await names(hash)();
  const folder = keys[0]?.split("/")[2] ?? "";
  expect(keys).toEqual(["large", "medium", "thumbnail"].map((size) => `images/${hash}/${folder}/${size}.webp`));
  const stored = await fetch(`http://127.0.0.1:${s3.port}/${bucket}/${keys[0]}`);
  expect(stored.headers.get("content-type")).toBe("image/webp");
  const served = await fetch(client.url + sizes.large.url);
  expect(Buffer.from(await served.arrayBuffer()).equals(Buffer.from(await stored.arrayBuffer()))).toBe(true);
  const part = await fetch(client.url + sizes.large.url, { headers: { Range: "bytes=100-299999" } });
  expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 299_900]);

  await client.delete(id);
  await until("the bucket to be emptied of it", async () => (await names(hash)()).length === 0);
});

test("what an upload asks the bucket for is in its trace, without keys and credentials", async () => {
  const traceId = randomUUID().replaceAll("-", "");
  const { id } = await client.create("traced-bucket@example.org");
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
  const { body } = await client.upload(id, await unique(), { traceparent });
  const isRequest = ({ kind }: { readonly kind: number }) => kind === kinds.server;
  const spans = await collector.trace(traceId, (found) => found.some(isRequest));
  const puts = spans.filter(({ name }) => name === "S3.PutObject");
  expect(puts).toHaveLength(3);
  const request = spans.find(isRequest);
  for (const put of puts) {
    expect(put).toMatchObject({ kind: kinds.client, parentSpanId: request?.spanId });
    expect(put.attributes).toEqual({
      "rpc.system.name": "aws-api",
      "rpc.method": "S3/PutObject",
      "aws.s3.bucket": bucket,
    });
  }
  for (const secret of [body.image.hash, ...Object.values(access)])
    expect(collector.texts.join()).not.toContain(secret);
});

describe("what the store is asked for", () => {
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const common = { bucket, region: "us-east-1", forcePathStyle: true, credentials };
  const key = { hash: Buffer.alloc(32, 7), generation: randomUUID() };
  const createBreakers = () =>
    new Breakers({
      config: loadConfig(breakerVariables, { BREAKER_FAILURES: "2", BREAKER_PROBE_INTERVAL: "100ms" }),
      registry: new Registry(),
      log: createLogger("test", "silent"),
    });
  const store = () => new S3Store({ ...common, endpoint: `http://127.0.0.1:${s3.port}` }, createBreakers());

  test("is put, read in parts, removed; twice is as good as once", async () => {
    const tested = store();
    const data = Buffer.from("0123456789");
    for (let time = 0; time < 2; time += 1) await tested.put(key, "large", data);
    expect((await tested.read(key, "large", 3, 4))?.toString()).toBe("3456");
    expect(await tested.read(key, "medium", 0, 1)).toBeUndefined();
    for (let time = 0; time < 2; time += 1) await tested.remove(key, ["large", "medium"]);
    expect(await tested.read(key, "large", 0, 1)).toBeUndefined();
    tested.close();
  });

  test("fails for now, in a few seconds, while nobody answers", async () => {
    const breakers = createBreakers();
    const away = new S3Store({ ...common, endpoint: "http://127.0.0.1:1" }, breakers);
    await expect(away.put(key, "large", Buffer.alloc(1))).rejects.toThrow(UnavailableError);
    await expect(away.read(key, "large", 0, 1)).rejects.toThrow(UnavailableError);
    breakers.stop();
    away.close();
  });

  test("is refused at once after a few failures, until somebody answers again", async () => {
    const link = await createLink(s3.port);
    const breakers = createBreakers();
    const tested = new S3Store({ ...common, endpoint: `http://127.0.0.1:${link.port}` }, breakers);
    await tested.put(key, "large", Buffer.from("x"));
    link.cut();
    for (let time = 0; time < 2; time += 1) await expect(tested.read(key, "large", 0, 1)).rejects.toThrow("in S3");
    const asked = link.begun;
    for (let time = 0; time < 100; time += 1) {
      await expect(tested.read(key, "large", 0, 1)).rejects.toThrow(CircuitOpenError);
    }
    // Nobody is asked but by the circuit's own probe, every half a second.
    expect(link.begun - asked).toBeLessThan(10);
    link.mend();
    const part = await until("the circuit to close", () => tested.read(key, "large", 0, 1), 5_000);
    expect(part.toString()).toBe("x");
    breakers.stop();
    tested.close();
    await link.close();
  });

  test("does not count as away because it refuses: it has answered", async () => {
    const breakers = createBreakers();
    const elsewhere = { ...common, bucket: "there-is-none", endpoint: `http://127.0.0.1:${s3.port}` };
    const tested = new S3Store(elsewhere, breakers);
    for (let time = 0; time < 5; time += 1) {
      await expect(tested.put(key, "large", Buffer.alloc(1))).rejects.toThrow("while storing an image in S3");
    }
    breakers.stop();
    tested.close();
  });
});

test("while the store is away uploads are refused for now, and served images are not to be had", async () => {
  const { id } = await client.create("away@example.org");
  const { image } = (await client.upload(id, await unique())).body;
  await killInstance(s3);
  const refused = await client.upload(id, await unique());
  expect([refused.status, refused.body.detail]).toEqual([
    503,
    "the store of images cannot be reached; try again shortly.",
  ]);
  const unserved = await fetch(client.url + image.sizes.large.url);
  expect([unserved.status, unserved.headers.get("cache-control")]).toEqual([503, null]);
  expect((await client.read(id)).body.profile.images).toEqual([image]);
  // An answer that needs no bytes needs no store.
  const etag = `"${image.hash}-large"`;
  expect((await fetch(client.url + image.sizes.large.url, { headers: { "If-None-Match": etag } })).status).toBe(304);
});
