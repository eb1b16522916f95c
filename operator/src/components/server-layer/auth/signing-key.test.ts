import { Buffer } from "node:buffer";
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { keySecret } from "./key-secret.ts";
import { makeSigningKey, parseSigningKey, signingKeySecretName } from "./signing-key.ts";

const key = makeSigningKey();
const secret = keySecret(SAMPLE_MODEL, key);

test("a key's public half has what RFC 7517 asks for, and nothing of the private one", () => {
  expect(key.publicJWK).toStrictEqual({
    kty: "EC",
    crv: "P-256",
    x: expect.stringMatching(/^[\w-]{43}$/),
    y: expect.stringMatching(/^[\w-]{43}$/),
    kid: expect.stringMatching(/^[\w-]{43}$/),
    use: "sig",
    alg: "ES256",
  });
  const { kty, crv, x, y } = key.publicJWK;
  expect(createPublicKey({ key: { kty, crv, x, y }, format: "jwk" }).export({ type: "spki", format: "pem" })).toBe(
    createPublicKey(key.privatePEM).export({ type: "spki", format: "pem" }),
  );
  expect(makeSigningKey().publicJWK.kid).not.toBe(key.publicJWK.kid);
});

test("its id is its thumbprint", async () => {
  const { kty, crv, x, y } = key.publicJWK;
  const text = new TextEncoder().encode(`{"crv":"${crv}","kty":"${kty}","x":"${x}","y":"${y}"}`);
  const digest = await crypto.subtle.digest("SHA-256", text);
  expect(key.publicJWK.kid).toBe(Buffer.from(digest).toString("base64url"));
});

test("a Secret's name holds what a name can hold of an id", () => {
  expect(signingKeySecretName("-Ab_c-D0123456789xyz")).toBe("server-signing-key-abcd012345");
});

describe("the key of a Secret", () => {
  const withData = (data: Readonly<Record<string, string>>) =>
    parseSigningKey({ ...secret, data: Object.fromEntries(Object.entries(data).map(([k, v]) => [k, btoa(v)])) });

  test("is the one that was put in", () => {
    expect(parseSigningKey(secret)).toEqual(key);
  });

  test("is none under the name of another", () => {
    const other = keySecret(SAMPLE_MODEL, makeSigningKey());
    expect(parseSigningKey({ ...secret, data: other["data"] })).toBeUndefined();
  });

  test.each([
    ["nothing", {}],
    ["nonsense", { "private.pem": "hunter2" }],
    [
      "a public key",
      { "private.pem": String(createPublicKey(key.privatePEM).export({ type: "spki", format: "pem" })) },
    ],
    [
      "a key on another curve",
      {
        "private.pem": String(
          generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey.export({ type: "pkcs8", format: "pem" }),
        ),
      },
    ],
  ])("is none in a Secret with %s", (_, data) => {
    expect(withData(data)).toBeUndefined();
  });
});
