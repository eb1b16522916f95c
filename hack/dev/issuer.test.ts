import { createPublicKey, verify } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DEV_ISSUER, keySetFile, publishKey, tokenOf } from "./issuer.ts";

const NOW = Date.parse("2026-11-29T09:00:00Z");

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dev-issuer-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const decode = (part: string | undefined): unknown => JSON.parse(Buffer.from(part ?? "", "base64url").toString("utf8"));

function publishedKey(): { readonly kid: string } & Readonly<Record<string, string>> {
  const { keys } = JSON.parse(readFileSync(keySetFile(folder), "utf8")) as {
    readonly keys: readonly { kid: string }[];
  };
  const [key] = keys;
  if (key === undefined || keys.length !== 1) throw new Error("one key was expected");
  return key;
}

test("a token is signed with the key that is published, and says what the server asks for", () => {
  publishKey(folder);
  const token = tokenOf(folder, { role: "editor", subject: "ada", expires: "15m" }, NOW);
  const [header, claims, signature = ""] = token.split(".");
  const key = publishedKey();
  expect(decode(header)).toEqual({ alg: "ES256", typ: "JWT", kid: key.kid });
  expect(decode(claims)).toEqual({
    iss: DEV_ISSUER,
    aud: "profile-platform",
    sub: "ada",
    roles: ["editor"],
    iat: NOW / 1000,
    exp: NOW / 1000 + 900,
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  const publicKey = { key: createPublicKey({ key, format: "jwk" }), dsaEncoding: "ieee-p1363" } as const;
  expect(verify("sha256", Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, "base64url"))).toBe(
    true,
  );
});

test("the key is made once, and only its owner reads it; the public half holds nothing of it", () => {
  publishKey(folder);
  const first = publishedKey();
  publishKey(folder);
  expect(publishedKey()).toEqual(first);
  expect(statSync(join(folder, "signing-key.pem")).mode & 0o077).toBe(0);
  expect(publishedKey()).not.toHaveProperty("d");
});

test("a token is had from a folder that nobody can write to", () => {
  publishKey(folder);
  const before = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs]);
  chmodSync(folder, 0o500);
  tokenOf(folder, { role: "viewer", subject: "ada", expires: "1h" }, NOW);
  chmodSync(folder, 0o700);
  expect(readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mtimeMs])).toEqual(before);
});

test("no token, but a sentence, without a key, with a broken one, and for too long a time", () => {
  const wishes = { role: "viewer", subject: "ada", expires: "1h" } as const;
  expect(() => tokenOf(folder, wishes, NOW)).toThrow(/^there is no key in .*: start the services first/);
  publishKey(folder);
  expect(() => tokenOf(folder, { ...wishes, expires: "25h" }, NOW)).toThrow(
    "a token lives 24h at most, and 25h is longer",
  );
  expect(() => tokenOf(folder, { ...wishes, expires: "soon" }, NOW)).toThrow('"soon" is not a length of time');
  writeFileSync(join(folder, "signing-key.pem"), "nothing");
  expect(() => tokenOf(folder, wishes, NOW)).toThrow(/holds no key for ES256: remove it/);
});
