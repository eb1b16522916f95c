import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Image } from "../src/images/image.ts";
import { createClient, send } from "./client.ts";
import { noise } from "./pictures.ts";
import { createSettings, endServices, migrateDatabase, startService } from "./service.ts";

let url: string;
let image: Image;
let address: string;
let whole: Buffer;

beforeAll(async () => {
  const settings = await createSettings();
  await migrateDatabase(settings);
  const server = startService("server", settings);
  await server.ready();
  url = await server.url();
  const client = createClient(url);
  const { id } = await client.create("served@example.org");
  // Noise, so that the image has more bytes than are read from the store at once.
  const answer = await client.upload(id, await noise(740, 740).jpeg().toBuffer());
  ({ image } = answer.body);
  address = url + image.sizes.large.url;
  whole = Buffer.from(await (await fetch(address)).arrayBuffer());
});
afterAll(endServices);

const get = (headers: Readonly<Record<string, string>>, method = "GET") => fetch(address, { method, headers });
const bytes = async (response: Response) => Buffer.from(await response.arrayBuffer());
const etag = () => `"${image.hash}-large"`;

describe("an image is served", () => {
  test("to be kept for ever, as a picture and nothing else", async () => {
    const { status, headers } = await fetch(address);
    expect(whole.length).toBe(image.sizes.large.bytes);
    expect(whole.length).toBeGreaterThan(300_000);
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-type": "image/webp",
      "content-length": String(whole.length),
      "cache-control": "public, max-age=31536000, immutable",
      etag: etag(),
      "accept-ranges": "bytes",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
      "cross-origin-resource-policy": "cross-origin",
      "access-control-allow-origin": "*",
    });
  });

  test("without telling of anybody's budget what a cache keeps", async () => {
    for (const answer of [
      await fetch(address),
      await get({ "If-None-Match": etag() }),
      await get({ Range: "bytes=0-1" }),
    ]) {
      expect([200, 206, 304]).toContain(answer.status);
      expect([answer.headers.get("ratelimit"), answer.headers.get("ratelimit-policy")]).toEqual([null, null]);
    }
    const missing = await fetch(address.replace(image.hash, "0".repeat(64)));
    expect([missing.status, missing.headers.get("ratelimit-policy")]).toEqual([404, '"anonymous";q=1000000;w=1']);
  });

  test("without itself to HEAD, whatever range that asks for", async () => {
    const head = await get({ Range: "bytes=0-9" }, "HEAD");
    expect([head.status, head.headers.get("content-length")]).toEqual([200, String(whole.length)]);
    expect([head.headers.get("etag"), (await bytes(head)).length]).toEqual([etag(), 0]);
  });

  test("not again to who has it", async () => {
    for (const value of [etag(), `W/${etag()}`, `"x", ${etag()}`, "*"]) {
      const answer = await get({ "If-None-Match": value, Range: "bytes=0-9" });
      expect([answer.status, answer.headers.get("etag"), (await bytes(answer)).length]).toEqual([304, etag(), 0]);
      expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    }
    expect((await get({ "If-None-Match": '"x"' })).status).toBe(200);
    expect((await get({ "If-Match": '"x"' })).status).toBe(412);
  });

  test("in parts: what a slice of the whole is", async () => {
    const position = fc.option(fc.nat(Math.ceil(whole.length * 1.2)), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(position, position, async (from, to) => {
        const answer = await get({ Range: `bytes=${from ?? ""}-${to ?? ""}` });
        const { length } = whole;
        const ignored = from === undefined ? to === undefined : to !== undefined && to < from;
        const first = from ?? Math.max(0, length - (to ?? 0));
        const last = Math.min(length - 1, from === undefined ? length : (to ?? length));
        const part = ignored ? whole : whole.subarray(first, last + 1);
        const expected = ignored
          ? [200, null, true]
          : part.length === 0
            ? [416, `bytes */${length}`, false]
            : [206, `bytes ${first}-${last}/${length}`, true];
        const got = await bytes(answer);
        expect([answer.status, answer.headers.get("content-range"), got.equals(part)]).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test("in parts only if the client's other parts are of the same bytes", async () => {
    const range = { Range: "bytes=5-9" };
    expect((await get({ ...range, "If-Range": etag() })).status).toBe(206);
    for (const value of ['"x"', `W/${etag()}`, "Sun, 06 Nov 1994 08:49:37 GMT"]) {
      expect((await get({ ...range, "If-Range": value })).status).toBe(200);
    }
    expect((await get({ Range: "bytes=0-1,4-5" })).status).toBe(200);
  });
});

describe("a problem is answered, and not to be kept,", () => {
  test("where there is no such image, size or type", async () => {
    const missing = await send(`${url}/images/${"0".repeat(64)}/large.webp`);
    expect([missing.status, missing.headers.get("cache-control")]).toEqual([404, "no-cache"]);
    for (const file of ["huge.webp", "large.png", "large"]) {
      const answer = await send(`${url}/images/${image.hash}/${file}`);
      expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, "file"]);
    }
    expect((await send(`${url}/images/nonsense/large.webp`)).body.errors?.[0]?.pointer).toBe("hash");
    expect((await send(`${address}?v=2`)).status).toBe(400);
    expect((await send(address, "PUT", {})).headers.get("allow")).toBe("GET, HEAD");
  });

  test("to a range behind the end", async () => {
    const answer = await get({ Range: `bytes=${whole.length}-` });
    expect([answer.status, answer.headers.get("content-range")]).toEqual([416, `bytes */${whole.length}`]);
    expect(await answer.json()).toMatchObject({ type: "urn:profile-platform:problem:range-not-satisfiable" });
  });
});
