import { request as httpRequest } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProblemDetails } from "../src/kit/http/problem.ts";
import { type Client, createClient, type ProfileBody, send } from "./client.ts";
import { formOf } from "./images.ts";
import { Issuer, issuer, makeKey } from "./issuer.ts";
import { unique } from "./pictures.ts";
import { createSettings, endServices, migrateDatabase, startService } from "./service.ts";

let client: Client;
let admin: string;

beforeAll(async () => {
  const settings = await createSettings();
  await migrateDatabase(settings);
  const server = startService("server", settings);
  await server.ready();
  client = createClient(await server.url());
  admin = `Bearer ${await issuer.token()}`;
});
afterAll(endServices);

const kind = ({ type }: ProblemDetails) => type.replace("urn:profile-platform:problem:", "");

interface RawAnswer {
  readonly status: number;
  readonly type: string | undefined;
  readonly text: string;
}

/** Sends a path as it is written: `fetch` would take dots and backslashes out of it first. */
function raw(path: string, { method = "GET", authorization }: { method?: string; authorization?: string } = {}) {
  const { hostname, port } = new URL(client.url);
  const headers = authorization === undefined ? {} : { authorization };
  return new Promise<RawAnswer>((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => {
        const { statusCode: status = 0, headers: answered } = response;
        resolve({ status, type: answered["content-type"], text: Buffer.concat(parts).toString() });
      });
    });
    request.on("error", reject);
    request.end();
  });
}

describe("a path that leads elsewhere", () => {
  const hash = "0".repeat(64);
  const id = crypto.randomUUID();

  test.each([
    "/images/../../../../etc/passwd",
    "/images/../../metrics",
    "/images/%2e%2e/%2e%2e/etc/passwd",
    "/images/..%2f..%2f..%2fetc%2fpasswd/large.webp",
    `/images/${hash}/..%2f..%2f..%2fetc%2fpasswd`,
    `/images/${hash}/%2e%2e%2flarge.webp`,
    `/images/${hash}/..%5c..%5cwindows%5cwin.ini`,
    `/images/${hash}/large.webp%00.png`,
    `/images/${hash}/large.webp/../../../package.json`,
    "/images/..;/metrics",
    "/images/.%2e/metrics",
    "/images/%252e%252e/large.webp",
    "/images/%c0%ae%c0%ae/large.webp",
    "/images/%uff0e%uff0e/large.webp",
    "//etc/passwd",
    "/../../etc/passwd",
    "/./metrics",
    "/api/v1/profiles/..%2f..%2f..%2fmetrics",
    "/api/v1/profiles/../../../metrics",
    `/api/v1/profiles/${id}/images/../../../../../metrics`,
    `/api/v1/profiles/${id}/../../tasks`,
    `/api/v1/tasks/${id}/../../../../health`,
    "/api/v1/profiles/%ff",
    "/api/v1/profiles/%00",
    "/api/v1/tasks/%E0%A4%A",
  ])("%s is refused for what it is, and never followed", async (path) => {
    const { status, type, text } = await raw(path, { authorization: admin });
    expect([400, 404]).toContain(status);
    expect(type).toBe("application/problem+json; charset=utf-8");
    const problem = JSON.parse(text) as ProblemDetails;
    expect(problem.status).toBe(status);
    expect(problem.detail.length).toBeGreaterThan(10);
    expect(text).not.toMatch(/root:|http_requests_total|"status":"ok"|profile-platform\/runtime/);
  });

  test.each([
    "/API/v1/profiles",
    "/api/V1/Profiles/",
    "/api/v1//profiles",
    "/api/v1/./profiles",
    "/api/v1/%2e/profiles",
    "/api/v1/../v1/profiles",
    "/api/v1/%70rofiles",
    "/api/v1/profiles?x=/health",
    "/api/v1/profiles/%2e%2e/%2e%2e/%2e%2e/health",
    "/api/v1/health",
  ])("%s asks for a token", async (path) => {
    expect((await raw(path)).status).toBe(401);
  });

  test.each(["/%61pi/v1/profiles", "//api/v1/profiles", "/images/../api/v1/profiles", "/health/../api/v1/profiles"])(
    "%s leads around no token: there is nothing",
    async (path) => {
      const { status, text } = await raw(path);
      expect([400, 401, 404]).toContain(status);
      expect(text).not.toContain('"profiles":');
    },
  );

  test("what begins no character in a path is named", async () => {
    const { status, text } = await raw("/api/v1/profiles/%ff", { authorization: admin });
    const problem = JSON.parse(text) as ProblemDetails;
    expect([status, kind(problem)]).toEqual([400, "bad-request"]);
    expect(problem.detail).toBe("The path has a % that begins no UTF-8 character: percent-encode it anew.");
  });

  test("a name of a file that leads elsewhere is not looked at", async () => {
    const { id: profile } = await client.create("traversal@example.org");
    const form = new FormData();
    form.append("image", new Blob([new Uint8Array(await unique())], { type: "image/png" }), "../../../etc/passwd");
    const { status, body } = await send<ProfileBody>(`${client.url}/api/v1/profiles/${profile}/images`, "POST", form);
    expect(status).toBe(201);
    expect(JSON.stringify(body)).not.toContain("passwd");
  });
});

describe("what is too long", () => {
  const profile = { name: "Ada", email: "long@example.org" };

  test.each([
    ["name", { ...profile, name: "x".repeat(201) }, "must have at most 200 characters"],
    ["bio", { ...profile, bio: "x".repeat(2_001) }, "must have at most 2,000 characters"],
    ["email", { ...profile, email: `${"x".repeat(243)}@example.org` }, "254"],
  ])("%s is refused by its name", async (field, body, detail) => {
    const answer = await send(`${client.url}/api/v1/profiles`, "POST", body);
    expect([answer.status, answer.body.errors?.map(({ pointer }) => pointer)]).toEqual([400, [`#/${field}`]]);
    expect(answer.body.errors?.[0]?.detail).toContain(detail);
  });

  test("the longest of everything, in the characters that take most, is accepted", async () => {
    const longest = { name: "😀".repeat(200), email: `${"x".repeat(242)}@example.org`, bio: "🂡".repeat(2_000) };
    const escaped = JSON.stringify(longest).replaceAll(
      /[^\0-\x7f]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16)}`,
    );
    const answer = await send<ProfileBody>(`${client.url}/api/v1/profiles`, "POST", escaped);
    expect(answer.status).toBe(201);
    expect(answer.body.profile).toMatchObject(longest);
    expect((await client.read(answer.body.profile.id)).body.profile).toMatchObject(longest);
  });

  test.each([
    ["a search", "/api/v1/profiles?search=", "a".repeat(201), 400],
    ["a name to look for", "/api/v1/profiles?name=", "a".repeat(201), 400],
    ["a cursor of profiles", "/api/v1/profiles?cursor=", "a".repeat(10_000), 400],
    ["a cursor of tasks", "/api/v1/tasks?cursor=", "a".repeat(10_000), 400],
    ["a cursor of events", "/ws?cursor=", "a".repeat(10_000), 400],
    ["an id", "/api/v1/profiles/", "a".repeat(10_000), 400],
    ["a path that is nothing", "/", "a/".repeat(5_000), 404],
    ["an address of more than all headers may have", "/api/v1/profiles?name=", "a".repeat(20_000), 431],
  ])("%s is refused", async (_what, path, rest, status) => {
    const answer = await raw(path + rest, { authorization: admin });
    expect([answer.status, answer.type]).toEqual([status, "application/problem+json; charset=utf-8"]);
    expect(answer.text.length).toBeLessThan(11_000);
  });

  test("a body is refused before it is read as JSON", async () => {
    const task = { type: "echo", payload: { text: "x".repeat(65_536) } };
    const answer = await send(`${client.url}/api/v1/tasks/delayed`, "POST", task);
    expect([answer.status, kind(answer.body)]).toEqual([413, "body-too-large"]);
  });

  test("a number is none that can be kept", async () => {
    for (const number of ["1e400", "-1e400", "9".repeat(400)]) {
      const task = `{"type": "echo", "payload": {"n": ${number}}}`;
      const answer = await send(`${client.url}/api/v1/tasks/delayed`, "POST", task);
      expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, "#/payload/n"]);
    }
  });

  test("a key of idempotency, and a token", async () => {
    const key = { "Idempotency-Key": "k".repeat(256) };
    const keyed = await send(`${client.url}/api/v1/profiles`, "POST", profile, key);
    expect([keyed.status, keyed.body.errors?.[0]?.pointer]).toEqual([400, "Idempotency-Key"]);
    const long = await raw("/api/v1/profiles", { authorization: `Bearer ${"x".repeat(20_000)}` });
    expect([long.status, kind(JSON.parse(long.text) as ProblemDetails)]).toEqual([431, "headers-too-large"]);
  });
});

describe("a body that is not what it says", () => {
  const post = (body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}) =>
    send(`${client.url}/api/v1/profiles`, "POST", body, { "Content-Type": "application/json", ...headers });

  test.each([
    ["nothing", ""],
    ["blanks", "   "],
    ["a part of an object", '{"name": "Ada"'],
    ["two objects", '{"name": "Ada"}{"name": "Bob"}'],
    ["a comma too many", '{"name": "Ada",}'],
    ["single quotes", "{'name': 'Ada'}"],
    ["a comment", '{"name": "Ada" /* her name */}'],
    ["NaN", '{"name": NaN}'],
    ["a number with zeros in front", '{"name": 007}'],
    ["a bare word", "name"],
    ["a line break in a text", '{"name": "A\nda"}'],
    ["an escape that is none", '{"name": "\\x41"}'],
    ["a text alone", '"Ada"'],
    ["null", "null"],
  ])("malformed JSON: %s", async (_what, body) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(["bad-request", "validation-failed"]).toContain(kind(answer.body));
    expect(answer.body.detail.length).toBeGreaterThan(10);
    // V8's own message quotes it.
    expect(answer.body.detail).not.toMatch(/Ada|Bob|007/);
  });

  test("what is malformed is told with its place, where it is known", async () => {
    const details = ['{"name": "Ada",}', '{"name":\n  "Ada"', '"Ada"'].map(
      async (body) => (await post(body)).body.detail,
    );
    expect(await Promise.all(details)).toEqual([
      "The body is not valid JSON: look at line 1, column 16.",
      "The body is not valid JSON: it ends in the middle.",
      "The body is not a JSON object. Send one, between { and }.",
    ]);
  });

  test("what is too long is told with how long it may be", async () => {
    const { status, body } = await post(
      JSON.stringify({ name: "Ada", email: "ada@example.org", bio: "x".repeat(40_000) }),
    );
    expect([status, body.detail]).toEqual([413, "The body is larger than the 32,768 bytes accepted here. Send less."]);
  });

  test.each([
    ["a byte that begins nothing", [0xff]],
    ["the middle of a character", [0x80]],
    ["a character of which the end is missing", [0xe2, 0x82]],
    ["a slash in more bytes than it takes", [0xc0, 0xaf]],
    ["half of a surrogate pair in bytes", [0xed, 0xa0, 0x80]],
    ["a character beyond the last one", [0xf4, 0x90, 0x80, 0x80]],
  ])("not UTF-8: %s", async (_what, bytes) => {
    const body = Buffer.concat([
      Buffer.from('{"email": "bytes@example.org", "name": "A'),
      Buffer.from(bytes),
      Buffer.from('"}'),
    ]);
    const answer = await post(body);
    expect([answer.status, kind(answer.body)]).toEqual([400, "bad-request"]);
    expect(answer.body.detail).toBe("The body is not valid UTF-8.");
  });

  test("a type that is none of the body's", async () => {
    for (const type of ["text/plain", "application/xml", "multipart/form-data", "x"]) {
      expect((await post('{"name": "Ada"}', { "Content-Type": type })).status).toBe(415);
    }
  });

  test("another charset than UTF-8 is refused, and nothing stored of what it would be read as", async () => {
    const written = { name: "Åda", email: "charset@example.org" };
    const bodies = [
      ["utf-7", JSON.stringify(written)],
      ["utf-16le", Buffer.from(JSON.stringify(written), "utf16le")],
      ["latin1", Buffer.from(JSON.stringify(written), "latin1")],
      ["UTF8", JSON.stringify(written)],
    ] as const;
    for (const [charset, body] of bodies) {
      const answer = await post(body, { "Content-Type": `application/json; charset=${charset}` });
      expect([charset, answer.status, answer.body.detail]).toEqual([
        charset,
        415,
        "The Content-Type names another charset than utf-8. Send JSON in UTF-8, and name that or none.",
      ]);
    }
    const { status } = await post(JSON.stringify(written), { "Content-Type": 'application/json; charset="UTF-8"' });
    expect(status).toBe(201);
  });

  test("a body that is compressed otherwise than it says, or not at all", async () => {
    const whole = gzipSync('{"name": "Ada", "email": "gzip@example.org"}');
    for (const [encoding, body] of [
      ["gzip", "{}"],
      ["gzip", whole.subarray(0, -9)],
      ["deflate", "{}"],
      ["br", whole],
      ["zstd", whole],
    ] as const) {
      const answer = await post(body, { "Content-Encoding": encoding });
      expect([encoding, answer.status, answer.body.detail]).toEqual([
        encoding,
        400,
        "The body is not what its Content-Encoding says: compress it so, or leave it out.",
      ]);
    }
    const unknown = await post("{}", { "Content-Encoding": "compress" });
    expect([unknown.status, unknown.body.detail]).toEqual([
      415,
      "The body's Content-Encoding is not supported: send it with gzip, deflate, br or zstd, or as it is.",
    ]);
    const bomb = await post(gzipSync(Buffer.alloc(50_000_000)), { "Content-Encoding": "gzip" });
    expect([bomb.status, kind(bomb.body)]).toEqual([413, "body-too-large"]);
    expect((await post(whole, { "Content-Encoding": "gzip" })).status).toBe(201);
  });

  test("a field that is given twice is refused by its name, in the payload of a task as well", async () => {
    const twice = await post('{"name": "Ada", "email": "repeated@example.org", "n\\u0061me": "Bob"}');
    expect([twice.status, kind(twice.body), twice.body.errors]).toEqual([
      400,
      "validation-failed",
      [{ pointer: "#/name", detail: "is given more than once" }],
    ]);
    const payload = '{"type": "echo", "payload": {"a": [{"b:": 1, "b:": 1}], "c": {"b:": 2}}}';
    const task = await send(`${client.url}/api/v1/tasks/delayed`, "POST", payload);
    expect([task.status, task.body.errors?.[0]?.pointer]).toEqual([400, "#/payload/a/0/b:"]);
    expect((await post('{"name": "name:", "email": "repeated@example.org"}')).status).toBe(201);
  });

  test("names that mean something to JavaScript are fields like others, and not known", async () => {
    for (const name of ["__proto__", "constructor", "prototype", "toString"]) {
      const answer = await post(`{"name": "Ada", "email": "proto@example.org", "${name}": {"admin": true}}`);
      expect([answer.status, answer.body.errors?.map(({ pointer }) => pointer)]).toEqual([400, [`#/${name}`]]);
    }
    const query = await raw("/api/v1/profiles?__proto__[admin]=1&constructor=2", { authorization: admin });
    expect(query.status).toBe(400);
  });
});

describe("texts at the edges of Unicode", () => {
  test.each([
    ["NUL", "%00"],
    ["a character that is none", "%ef%bf%bf"],
    ["one outside of the first plane", "%f0%9f%98%80"],
    ["an override of direction", "%e2%80%ae"],
    ["combining marks without end", "e%cc%81".repeat(50)],
    ["a percent sign", "%25"],
    ["an underscore and quotes", "_%27%22%5c"],
  ])("%s, to be looked for", async (_what, text) => {
    for (const path of ["/api/v1/profiles?name=", "/api/v1/profiles?search=", "/api/v1/profiles?email="]) {
      const { status } = await raw(path + text, { authorization: admin });
      expect([200, 400]).toContain(status);
    }
  });

  test.each([
    ["half of a surrogate pair in bytes", "%ed%a0%80"],
    ["bytes that are no characters", "%ff%fe"],
    ["a percent sign that nothing follows", "a%"],
  ])("%s, to be looked for, are refused as no text", async (_what, text) => {
    for (const path of ["profiles?name=", "profiles?search=", "profiles?cursor=", "tasks?type="]) {
      const answer = await raw(`/api/v1/${path}${text}`, { authorization: admin });
      const problem = JSON.parse(answer.text) as ProblemDetails;
      expect([answer.status, problem.detail]).toEqual([
        400,
        "The query has a % that begins no UTF-8 character: percent-encode it anew.",
      ]);
    }
  });

  test("are given back as they were written", async () => {
    const names = ["ÅÅ ﬁ", "𝒜da", "👩‍👩‍👧‍👦", "नमस्ते", "\u{10ffff}a", "ß ẞ İ ı", "a\u0300\u0301\u0302"];
    for (const [index, name] of names.entries()) {
      const email = `unicode-${index}@example.org`;
      const { id } = await client.create(email, name);
      expect((await client.read(id)).body.profile.name).toBe(name.normalize("NFC"));
      const query = new URLSearchParams({ name: name.toUpperCase(), email });
      const found = await send<{ profiles: readonly { id: string }[] }>(
        `${client.url}/api/v1/profiles?${query.toString()}`,
      );
      expect(found.status).toBe(200);
    }
  });
});

describe("a token that is not the issuer's", () => {
  const ask = async (authorization: string) => {
    const { status, text } = await raw("/api/v1/profiles", { authorization });
    return [status, kind(JSON.parse(text) as ProblemDetails)];
  };

  test("expired, or not valid yet", async () => {
    const now = Math.floor(Date.now() / 1_000);
    for (const claims of [{ exp: now - 60 }, { exp: 1 }, { exp: 0 }, { nbf: now + 3_000 }, { iat: now + 3_000 }]) {
      expect(await ask(`Bearer ${await issuer.token({ claims })}`)).toEqual([401, "invalid-token"]);
    }
  });

  test("forged", async () => {
    const key = await makeKey();
    const forger = new Issuer(issuer.name, key);
    const [header = "", payload = "", signature = ""] = (await issuer.token({ roles: ["viewer"] })).split(".");
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const tokens = [
      await forger.token(),
      await forger.token({ header: { kid: issuer.key.kid } }),
      await forger.token({ header: { kid: "../../../../etc/passwd" } }),
      await forger.token({ header: { kid: "x' OR '1'='1" } }),
      `${header}.${part(issuer.claims())}.${signature}`,
      `${part({ alg: "none" })}.${part(issuer.claims())}.`,
      `${part({ alg: "HS256", kid: issuer.key.kid })}.${payload}.${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${header}.${payload}.${signature}.${signature}`,
      `${header}.${payload}.${signature.slice(0, -2)}`,
      "a.b.c",
      "…",
    ];
    for (const token of tokens.slice(0, -1)) expect(await ask(`Bearer ${token}`)).toEqual([401, "invalid-token"]);
    // Given as bytes, for a header has no other characters.
    expect((await ask(`Bearer ${Buffer.from(tokens.at(-1) ?? "").toString("latin1")}`))[0]).toBe(401);
  });

  test.each(["Bearer", "Bearer ", "Basic YWRhOmFkYQ==", "Token x", "bearer", "x"])("none at all: %j", async (value) => {
    const [status] = await ask(value);
    expect([400, 401]).toContain(status);
  });
});

test("an image that is uploaded twice at once, as body and as form, is one image", async () => {
  const { id } = await client.create("twice@example.org");
  const file = await unique();
  const answers = await Promise.all([
    client.upload(id, file),
    client.upload(id, file),
    send(`${client.url}/api/v1/profiles/${id}/images`, "POST", formOf(new Uint8Array(file))),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
  expect((await client.read(id)).body.profile.images).toHaveLength(1);
});
