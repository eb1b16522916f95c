import { request as httpRequest } from "node:http";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Image } from "../src/images/image.ts";
import type { ProblemDetails } from "../src/kit/http/problem.ts";
import { type Client, createClient, type ImageBody, type ProfileBody, send } from "./client.ts";
import { formOf, settledCounts, storedCounts } from "./images.ts";
import { until } from "./instance.ts";
import { issuer } from "./issuer.ts";
import { ownServices } from "./own-services.ts";
import { bomb, emptyZip, noise, plain, unique, withChunk } from "./pictures.ts";
import { runSql } from "./postgres.ts";
import { createSettings, endServices, migrateDatabase, type Settings, startService } from "./service.ts";

/** Bytes that a file may have. */
const maximum = 50_000;

/** For requests that are not made by `send`. */
const bearer = async () => ({ Authorization: `Bearer ${await issuer.token()}` });

let settings: Settings;
let client: Client;
/** Another replica, which names images by the address of a network in front of it. */
let other: Client;

beforeAll(async () => {
  settings = {
    ...(await createSettings()),
    IMAGE_MAX_BYTES: String(maximum),
    IMAGE_MAX_PER_PROFILE: "3",
    IMAGE_ORPHAN_RETENTION: "1s",
  };
  await migrateDatabase(settings);
  const servers = [
    startService("server", settings),
    startService("server", { ...settings, CDN_BASE_URL: "https://cdn.example.org/profiles/" }),
    startService("worker", settings),
  ];
  await Promise.all(servers.map((server) => server.ready()));
  const [first, second] = await Promise.all(servers.map((server) => server.url()));
  client = createClient(first ?? "");
  other = createClient(second ?? "");
});
afterAll(endServices);

let count = 0;
async function newProfile(): Promise<string> {
  count += 1;
  return (await client.create(`images-${count}@example.org`)).id;
}

const sql = (statement: string) => runSql(ownServices().postgres.port, settings["DB_NAME"] ?? "", statement);
const uploaded = (outcome: string) => client.metric(`image_uploads_total{outcome="${outcome}"}`);

async function load(image: Image): Promise<readonly number[]> {
  return Promise.all(Object.values(image.sizes).map(async ({ url }) => (await fetch(client.url + url)).status));
}

describe("an image", () => {
  test("is added, shown with its profile, served, and taken away", async () => {
    const id = await newProfile();
    await client.read(id);
    const before = (await client.read(id)).body;
    expect(before).toMatchObject({ source: "cache", profile: { version: 1, images: [] } });
    const answer = await client.upload(id, await noise(900, 12).png().toBuffer());
    expect(answer.status).toBe(201);
    const { image, profile, source } = answer.body;
    const { hash } = image;
    const size = (name: string, width: number, height: number) => ({
      url: `/images/${hash}/${name}.webp`,
      width,
      height,
      bytes: expect.any(Number) as number,
    });
    expect(image).toEqual({
      hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      type: "image/webp",
      width: 900,
      height: 12,
      sizes: { thumbnail: size("thumbnail", 160, 2), medium: size("medium", 640, 9), large: size("large", 900, 12) },
    });
    expect([source, profile.version, profile.images]).toEqual(["database", 2, [image]]);
    expect(Date.parse(profile.updatedAt)).toBeGreaterThan(Date.parse(before.profile.updatedAt));
    expect([answer.headers.get("etag"), answer.headers.get("location")]).toEqual(['"2"', image.sizes.large.url]);
    for (const { url, width, height, bytes } of Object.values(image.sizes)) {
      const served = Buffer.from(await (await fetch(client.url + url)).arrayBuffer());
      const metadata = await sharp(served).metadata();
      expect([served.length, metadata.format, metadata.width, metadata.height]).toEqual([bytes, "webp", width, height]);
    }

    const removed = await client.removeImage(id, hash);
    expect([removed.status, removed.headers.get("etag")]).toEqual([200, '"3"']);
    expect(removed.body).toMatchObject({ profile: { images: [], version: 3 }, source: "database" });
    expect(await load(image)).toEqual([404, 404, 404]);
    expect((await client.removeImage(id, hash)).body.detail).toBe(`The profile has no image ${hash}.`);
  });

  test("is seen by every replica at once, in the cache as well, at the address that each gives it", async () => {
    const id = await newProfile();
    await Promise.all([client.read(id), other.read(id)]);
    for (const writer of [client, other, client]) {
      const { body } = await writer.upload(id, await unique());
      for (const reader of [client, other]) {
        const { profile } = (await reader.read(id)).body;
        expect(profile.version).toBe(body.profile.version);
        expect(profile.images.map(({ hash }) => hash)).toEqual(body.profile.images.map(({ hash }) => hash));
        const base = reader === other ? "https://cdn.example.org/profiles" : "";
        for (const { hash, sizes } of profile.images) expect(sizes.large.url).toBe(`${base}/images/${hash}/large.webp`);
      }
    }
    const { profile } = (await client.read(id)).body;
    await other.removeImage(id, profile.images[1]?.hash ?? "");
    const left = (await client.read(id)).body;
    expect(left.profile.images).toEqual([profile.images[0], profile.images[2]]);
    const page = await send<{ profiles: readonly unknown[] }>(
      `${client.url}/api/v1/profiles?email=${left.profile.email}`,
    );
    expect(page.body.profiles).toEqual([left.profile]);
    const replaced = await client.replace(id, { name: "Other", email: left.profile.email });
    expect(replaced.body.profile.images).toEqual(left.profile.images);
  });

  test("sent again is answered alike, and stored once, for one profile as for several", async () => {
    const [id, second] = [await newProfile(), await newProfile()];
    const file = await unique();
    const first = await client.upload(id, file);
    const counts = await settledCounts(settings);
    const duplicates = await uploaded("duplicate");
    const again = await client.upload(id, file);
    expect([again.status, again.body]).toEqual([201, first.body]);
    const inForm = await send<ImageBody>(
      `${client.url}/api/v1/profiles/${id}/images`,
      "POST",
      formOf(new Uint8Array(file)),
    );
    expect([inForm.status, inForm.body]).toEqual([201, first.body]);
    expect((await client.read(id)).body.profile.version).toBe(2);
    expect(await uploaded("duplicate")).toBe(duplicates + 2);
    expect(await storedCounts(settings)).toEqual(counts);
    const shared = await client.upload(second, file);
    expect(shared.body.image).toEqual(first.body.image);
    // The same pixels, in a file with something beside them.
    const beside = await client.upload(second, withChunk(file, "tEXt", Buffer.from("Comment\0hello")));
    expect(beside.body.profile.version).toBe(2);
    expect(await storedCounts(settings)).toEqual({ ...counts, references: counts.references + 1 });
  });

  test("is one of so many that a profile may have; sent again it is no further one", async () => {
    const id = await newProfile();
    const files = await Promise.all([unique(), unique(), unique(), unique()]);
    for (const file of files.slice(0, 3)) expect((await client.upload(id, file)).status).toBe(201);
    const refused = await client.upload(id, files[3] ?? Buffer.alloc(0));
    expect([refused.status, refused.body.type]).toEqual([409, "urn:profile-platform:problem:image-limit-reached"]);
    expect(refused.body.detail).toBe("The profile has 3 images, and may have 3; delete one, and send this again.");
    expect((await client.upload(id, files[0] ?? Buffer.alloc(0))).status).toBe(201);
    const { profile } = (await client.read(id)).body;
    expect([profile.version, profile.images.length]).toEqual([4, 3]);
    await client.removeImage(id, profile.images[0]?.hash ?? "");
    expect((await client.upload(id, files[3] ?? Buffer.alloc(0))).status).toBe(201);
  });

  test("is added and removed at the version that is required", async () => {
    const id = await newProfile();
    const file = await unique();
    expect((await client.upload(id, file, { "If-Match": '"2"' })).status).toBe(412);
    const { body } = await client.upload(id, file, { "If-Match": '"1"' });
    const address = `${client.url}/api/v1/profiles/${id}/images/${body.image.hash}`;
    expect((await send(address, "DELETE", undefined, { "If-Match": '"1"' })).status).toBe(412);
    expect((await send(address, "DELETE", undefined, { "If-Match": '"2"' })).status).toBe(200);
  });

  test("is kept while another profile has it, and removed once none has: deleted by request or by a task", async () => {
    const [first, second] = [await newProfile(), await newProfile()];
    const [file, lone] = await Promise.all([unique(), unique()]);
    const { image } = (await client.upload(first, file)).body;
    await client.upload(second, file);
    const { hash: loneHash } = (await client.upload(first, lone)).body.image;
    const kept = async () => (await sql(`SELECT 1 FROM images WHERE encode(hash, 'hex') = '${image.hash}'`)).length;
    await client.delete(first);
    expect(await load(image)).toEqual([200, 200, 200]);
    await until("the image that nobody else had to be removed", async () => {
      const rows = await sql(`SELECT 1 FROM image_data WHERE encode(hash, 'hex') = '${loneHash}'`);
      return rows.length === 0;
    });
    expect(await kept()).toBe(1);
    await client.ended((await client.delay("profile.delete", { profileId: second })).id);
    expect(await load(image)).toEqual([404, 404, 404]);
    await until("the image to be removed", async () => (await kept()) === 0);
    expect(await client.metric("images_removed_total")).toBeGreaterThanOrEqual(0);
  });
});

describe("what is refused leaves nothing behind", () => {
  async function refused(file: Uint8Array, headers?: Readonly<Record<string, string>>, id?: string) {
    const before = await settledCounts(settings);
    const answer = await client.upload(id ?? (await newProfile()), file, headers);
    expect(await storedCounts(settings)).toEqual(before);
    return answer;
  }
  const kind = ({ type }: ProblemDetails) => type.replace("urn:profile-platform:problem:", "");

  test.each<readonly [string, () => Promise<Uint8Array>, number, string]>([
    ["a PNG that would take gigabytes", async () => bomb(50_000, 50_000), 422, "has 50,000 × 50,000 pixels"],
    ["a PNG that has less than it says", async () => bomb(4_000, 4_000).subarray(0, 1_000), 422, "ends in the middle"],
    [
      "a JPEG and an archive",
      async () => Buffer.concat([await plain(9, 9).jpeg().toBuffer(), emptyZip]),
      422,
      "is followed by 22 bytes",
    ],
    [
      "a GIF and a page",
      async () => Buffer.concat([await plain(9, 9).gif().toBuffer(), Buffer.from("<html>")]),
      422,
      "is followed by 6 bytes",
    ],
    [
      "SVG with a script",
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
      415,
      "is an SVG drawing",
    ],
    [
      "a truncated JPEG",
      async () => (await noise(90, 90).jpeg().toBuffer()).subarray(0, 2_000),
      422,
      "ends in the middle of the picture",
    ],
    [
      "a JPEG with a hole",
      async () => {
        const file = await noise(90, 90).jpeg().toBuffer();
        return Buffer.concat([file.subarray(0, 2_000), Buffer.from([0xff, 0xd9])]);
      },
      422,
      "cannot be decoded",
    ],
    ["nothing", async () => new Uint8Array(), 422, "is empty"],
    ["text", async () => Buffer.from("hello"), 415, "is of an unknown type"],
  ])("%s", async (_what, file, status, detail) => {
    const answer = await refused(await file());
    expect(answer.status).toBe(status);
    expect(kind(answer.body)).toBe(status === 415 ? "unsupported-media-type" : "image-refused");
    expect(answer.body.detail).toContain(`The image ${detail}`);
    expect(answer.body.errors).toEqual([{ pointer: "#", detail: expect.stringContaining(detail) as string }]);
  });

  test("a file of one byte more than there may be, as the body or in a form; exactly as many are accepted", async () => {
    const small = await unique();
    const padded = (length: number) => withChunk(small, "teST", Buffer.alloc(length - small.length - 12));
    const id = await newProfile();
    for (const more of [1, 1_000_000]) {
      const answer = await refused(padded(maximum + more));
      expect([answer.status, kind(answer.body)]).toEqual([413, "body-too-large"]);
      expect(answer.body.detail).toContain("50,000 bytes");
      const form = formOf(new Uint8Array(padded(maximum + more)));
      expect((await send(`${client.url}/api/v1/profiles/${id}/images`, "POST", form)).status).toBe(413);
    }
    const form = formOf(new Uint8Array(padded(maximum)));
    expect((await send(`${client.url}/api/v1/profiles/${id}/images`, "POST", form)).status).toBe(201);
    expect((await client.upload(id, padded(maximum))).status).toBe(201);
  });

  test("one that does not say beforehand how large it is", async () => {
    const id = await newProfile();
    const before = await settledCounts(settings);
    const body = ReadableStream.from(Array.from({ length: 6 }, () => new Uint8Array(10_000)));
    const headers = { ...(await bearer()), "Content-Type": "image/png" };
    const address = `${client.url}/api/v1/profiles/${id}/images`;
    expect((await fetch(address, { method: "POST", headers, body, duplex: "half" })).status).toBe(413);
    expect(await storedCounts(settings)).toEqual(before);
  });

  test("what is not sent as an image, or is compressed", async () => {
    const file = await unique();
    for (const type of ["application/json", "text/html", "application/x-www-form-urlencoded"]) {
      expect((await refused(file, { "Content-Type": type })).status).toBe(415);
    }
    expect((await refused(file, { "Content-Encoding": "gzip" })).status).toBe(415);
  });

  test("no image for its type: what is sent as another one is taken for what it is", async () => {
    const id = await newProfile();
    for (const type of ["image/gif", "image/svg+xml", "application/octet-stream"]) {
      const { status, body } = await client.upload(id, await unique(), { "Content-Type": type });
      expect([status, body.image.type]).toEqual([201, "image/webp"]);
    }
  });

  test("a form with anything but one file of that name", async () => {
    const address = `${client.url}/api/v1/profiles/${await newProfile()}/images`;
    const file = new Uint8Array(await unique());
    const before = await settledCounts(settings);
    const named = await send(address, "POST", formOf(file, "file"));
    expect([named.status, named.body.errors]).toEqual([400, [{ pointer: "#/file", detail: "is not expected here" }]]);
    const two = formOf(file);
    two.append("image", new Blob([file]), "second.png");
    expect((await send(address, "POST", two)).body.errors).toEqual([
      { pointer: "#/image", detail: "must be one file, given once" },
    ]);
    const text = new FormData();
    text.append("image", "no file");
    expect((await send(address, "POST", text)).body.errors).toEqual([
      { pointer: "#/image", detail: "must be a file, with a file name" },
    ]);
    const beside = formOf(file);
    beside.append("title", "Ada");
    expect((await send(address, "POST", beside)).body.errors?.[0]?.pointer).toBe("#/title");
    expect((await send(address, "POST", new FormData())).status).toBe(400);
    for (const [type, body] of [
      ["multipart/form-data", "--x--"],
      ["multipart/form-data; boundary=x", "nonsense"],
      [
        "multipart/form-data; boundary=x",
        '--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\nabc',
      ],
    ]) {
      const answer = await send(address, "POST", Buffer.from(body ?? ""), { "Content-Type": type ?? "" });
      expect([answer.status, kind(answer.body)]).toEqual([400, "bad-request"]);
    }
    expect(await storedCounts(settings)).toEqual(before);
  });

  test("an image for a profile that is not there, an id that is none, a query", async () => {
    const missing = await refused(await unique(), {}, crypto.randomUUID());
    expect([missing.status, kind(missing.body)]).toEqual([404, "not-found"]);
    expect((await refused(await unique(), {}, "nonsense")).status).toBe(400);
    const id = await newProfile();
    expect((await send(`${client.url}/api/v1/profiles/${id}/images?size=1`, "POST", Buffer.alloc(1))).status).toBe(400);
    expect((await send(`${client.url}/api/v1/profiles/${id}/images`)).headers.get("allow")).toBe("POST");
    expect((await client.removeImage(id, "nonsense")).body.errors?.[0]?.pointer).toBe("hash");
    const replaced = await client.replace(id, { name: "A", email: "a@example.org", images: [] });
    expect(replaced.status).toBe(400);
  });

  test("an upload that ends in the middle", async () => {
    const id = await newProfile();
    const before = await settledCounts(settings);
    const aborted = await uploaded("aborted");
    const file = await unique();
    for (const type of ["image/png", "multipart/form-data; boundary=x"]) {
      const { hostname, port } = new URL(client.url);
      const headers = { ...(await bearer()), "Content-Type": type, "Content-Length": "40000" };
      const path = `/api/v1/profiles/${id}/images`;
      const upload = httpRequest({ hostname, port, path, method: "POST", headers });
      upload.on("error", () => undefined);
      if (type !== "image/png")
        upload.write('--x\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\n');
      await new Promise((resolve) => upload.write(file, resolve));
      upload.destroy();
    }
    await until("both to be noticed", async () => (await uploaded("aborted")) === aborted + 2);
    expect(await storedCounts(settings)).toEqual(before);
  });
});

test("an answer is kept by its key for the same file, in whatever form", async () => {
  const id = await newProfile();
  const file = await unique();
  const headers = { "Idempotency-Key": crypto.randomUUID() };
  const first = await client.upload(id, file, headers);
  expect(first.status).toBe(201);
  await client.removeImage(id, first.body.image.hash);
  const path = `${client.url}/api/v1/profiles/${id}/images`;
  const again = await send<ImageBody>(path, "POST", formOf(new Uint8Array(file)), headers);
  expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([201, "true"]);
  expect(again.body).toEqual(first.body);
  expect((await client.read(id)).body.profile.images).toEqual([]);
  const reused = await client.upload(id, await unique(), headers);
  expect([reused.status, reused.body.type]).toEqual([422, "urn:profile-platform:problem:idempotency-key-reused"]);
  await client.delete(id);
  expect((await client.upload(id, file, headers)).body).toEqual(first.body);
  expect((await send<ProfileBody>(path, "POST", file, { "Content-Type": "image/png" })).status).toBe(404);
});

test("metrics tell every outcome from the start, and what was stored", async () => {
  for (const outcome of ["stored", "duplicate", "replayed", "refused", "busy", "failed", "aborted"]) {
    expect(await uploaded(outcome)).toBeGreaterThanOrEqual(0);
  }
  expect(await client.metric("image_encode_duration_seconds_count")).toBeGreaterThan(0);
  expect(await client.metric("image_stored_bytes_total")).toBeGreaterThan(0);
  expect(await client.metric("image_queue_length")).toBe(0);
});
