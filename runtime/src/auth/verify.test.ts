import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import * as fc from "fast-check";
import { base64url, createLocalJWKSet } from "jose";
import { describe, expect, test } from "vitest";
import { Issuer, keySetOf, makeKey, type TokenOptions } from "../../test/issuer.ts";
import { KeysUnavailableError } from "./key-set.ts";
import type { Outcome } from "./metrics.ts";
import { TokenRefusal } from "./refusal.ts";
import { createVerifier, type Verifier } from "./verify.ts";

const issuer = new Issuer("https://issuer.test", await makeKey());
const stranger = new Issuer(issuer.name, await makeKey());
const settings = {
  algorithms: ["ES256"],
  issuer: issuer.name,
  audience: issuer.audience,
  rolesClaim: "roles",
};
const now = () => Date.now();
const find = createLocalJWKSet(JSON.parse(keySetOf(issuer.key)));
const verify = createVerifier({ settings, find, now });
const seconds = () => Math.floor(Date.now() / 1_000);

const part = (value: unknown): string => base64url.encode(JSON.stringify(value));

/** A token put together by hand. */
function forged(header: object, signature: (input: string) => string): string {
  const input = `${part(header)}.${part(issuer.claims())}`;
  return `${input}.${signature(input)}`;
}

function hmac(secret: string) {
  return (input: string) => createHmac("sha256", secret).update(input).digest("base64url");
}

async function refusal(token: string, by: Verifier = verify): Promise<TokenRefusal> {
  const outcome = await by(token).catch((err: unknown) => err);
  if (outcome instanceof TokenRefusal) return outcome;
  throw new Error("the token was not refused", { cause: outcome });
}

describe("a token that is as it should be", () => {
  test("tells whose it is", async () => {
    const exp = seconds() + 100;
    const roles = ["viewer", "editor", "x"];
    expect(await verify(await issuer.token({ subject: "ada", roles, claims: { exp } }))).toEqual({
      subject: "ada",
      expiresAt: (exp + 30) * 1_000,
      claimed: ["viewer", "editor", "x"],
      role: "editor",
    });
  });

  test.each([
    ["another audience beside", { claims: { aud: ["other", "profile-platform"] } }],
    ["just expired, within what clocks may differ", { claims: { exp: seconds() - 20 } }],
    ["valid in a moment, within what clocks may differ", { claims: { nbf: seconds() + 20, iat: seconds() + 20 } }],
    ["a subject in another script", { subject: "Ада 🂡 o'Hara" }],
    ["a subject of 255 characters", { subject: "x".repeat(255) }],
    ["a type", { header: { typ: "at+jwt" } }],
  ] as readonly (readonly [string, TokenOptions])[])("%s", async (_what, options) => {
    expect((await verify(await issuer.token(options))).role).toBe("admin");
  });

  test("without any role is one all the same", async () => {
    const identity = { subject: "tester", expiresAt: expect.any(Number), claimed: [] };
    expect(await verify(await issuer.token({ roles: [] }))).toEqual(identity);
    const missing = { ...identity, fault: "its claim roles is missing" };
    expect(await verify(await issuer.token({ claims: { roles: undefined } }))).toEqual(missing);
    const foreign = { ...identity, fault: "its claim roles is neither a list of texts nor a text" };
    expect(await verify(await issuer.token({ roles: { admin: true } }))).toEqual(foreign);
  });

  test("with roles within another claim", async () => {
    const nested = createVerifier({ settings: { ...settings, rolesClaim: "realm_access.roles" }, find, now });
    const token = await issuer.token({ claims: { realm_access: { roles: ["viewer"] } } });
    expect((await nested(token)).role).toBe("viewer");
  });
});

describe("a token with other claims is refused", () => {
  const cases: readonly (readonly [string, Readonly<Record<string, unknown>>, Outcome, string | RegExp])[] = [
    ["expired", { exp: 1_700_000_000 }, "expired", "The token has expired at 2023-11-14T22:13:20.000Z."],
    ["expired before all calendars", { exp: -1e300 }, "expired", "The token has expired."],
    ["without exp", { exp: undefined }, "invalid_claims", "The token has no exp."],
    ["with exp as text", { exp: "tomorrow" }, "invalid_claims", "The token's exp is not what it has to be."],
    ["with exp null", { exp: null }, "invalid_claims", "The token's exp is not what it has to be."],
    ["not valid yet", { nbf: seconds() + 60 }, "not_yet_valid", /^The token is not valid before 20\d\d-.*Z\.$/],
    ["valid after all calendars", { nbf: 1e300 }, "not_yet_valid", "The token is not valid yet."],
    ["issued in the future", { iat: seconds() + 60 }, "not_yet_valid", /compare the clocks/],
    ["without iat", { iat: undefined }, "invalid_claims", "The token has no iat."],
    ["with iat as text", { iat: "now" }, "invalid_claims", "The token's iat is not what it has to be."],
    ["without sub", { sub: undefined }, "invalid_claims", "The token has no sub."],
    ["with an empty sub", { sub: "" }, "invalid_claims", /^The token's sub is not 1 to 255 characters/],
    ["with sub as number", { sub: 5 }, "invalid_claims", /^The token's sub is not/],
    ["with a long sub", { sub: "x".repeat(256) }, "invalid_claims", /^The token's sub is not/],
    ["with NUL in sub", { sub: "a\0b" }, "invalid_claims", /^The token's sub is not/],
    ["with a line break in sub", { sub: "a\nb" }, "invalid_claims", /^The token's sub is not/],
    ["with half of a surrogate pair in sub", { sub: "\ud83d" }, "invalid_claims", /^The token's sub is not/],
    ["from another issuer", { iss: "https://evil.test" }, "wrong_issuer", /\(iss\) than https:\/\/issuer\.test\.$/],
    ["from almost the issuer", { iss: "https://issuer.test/" }, "wrong_issuer", /\(iss\) than/],
    ["with a list of issuers", { iss: ["https://issuer.test"] }, "wrong_issuer", /\(iss\) than/],
    ["without iss", { iss: undefined }, "invalid_claims", "The token has no iss."],
    ["for somebody else", { aud: "other" }, "wrong_audience", /its aud does not name profile-platform\.$/],
    ["for somebody of almost that name", { aud: "profile-platform-2" }, "wrong_audience", /its aud/],
    ["for nobody", { aud: [] }, "wrong_audience", /its aud/],
    ["without aud", { aud: undefined }, "invalid_claims", "The token has no aud."],
  ];
  test.each(cases)("%s", async (_what, claims, outcome, message) => {
    const { outcome: told, message: said } = await refusal(await issuer.token({ claims }));
    expect(told).toBe(outcome);
    expect(said).toMatch(message);
  });
});

describe("a token that the issuer did not sign is refused", () => {
  const { kid, publicJwk } = issuer.key;
  const pem = JSON.stringify(publicJwk);
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2_048 }).privateKey;

  test.each([
    ["no algorithm", () => forged({ alg: "none" }, () => ""), "algorithm_not_allowed"],
    ["no algorithm, in other letters", () => forged({ alg: "nOnE", kid }, () => ""), "algorithm_not_allowed"],
    ["HMAC by the public key", () => forged({ alg: "HS256", kid }, hmac(pem)), "algorithm_not_allowed"],
    ["HMAC by nothing", () => forged({ alg: "HS256", kid }, hmac("")), "algorithm_not_allowed"],
    [
      "RSA under the key's name",
      () => forged({ alg: "RS256", kid }, (input) => sign("sha256", Buffer.from(input), rsa).toString("base64url")),
      "algorithm_not_allowed",
    ],
    ["an algorithm that is none", () => forged({ alg: "ES257", kid }, () => "AAAA"), "algorithm_not_allowed"],
    ["no alg", () => forged({ kid }, () => "AAAA"), "malformed"],
    ["alg as list", () => forged({ alg: ["ES256"], kid }, () => "AAAA"), "malformed"],
    ["zeros", () => forged({ alg: "ES256", kid }, () => "A".repeat(86)), "bad_signature"],
    ["nothing", () => forged({ alg: "ES256", kid }, () => ""), "bad_signature"],
    ["a signature that is no base64url", () => forged({ alg: "ES256", kid }, () => "*"), "malformed"],
    [
      "an extension that it calls critical",
      () => forged({ alg: "ES256", kid, crit: ["x"], x: 1 }, () => ""),
      "malformed",
    ],
    [
      "a payload that is not encoded",
      () => forged({ alg: "ES256", kid, crit: ["b64"], b64: false }, () => ""),
      "bad_signature",
    ],
    ["kid as number", () => forged({ alg: "ES256", kid: 5 }, () => "AAAA"), "unknown_key"],
  ])("%s", async (_what, token, outcome) => {
    expect((await refusal(token())).outcome).toBe(outcome);
  });

  test("by a key of somebody else, under its own name", async () => {
    expect((await refusal(await stranger.token())).outcome).toBe("unknown_key");
  });

  test("by a key of somebody else, under the issuer's name for its own", async () => {
    expect((await refusal(await stranger.token({ header: { kid } }))).outcome).toBe("bad_signature");
  });

  test("by a key that the token itself brings", async () => {
    const jwk = stranger.key.publicJwk;
    const header = { jwk, kid: undefined, jku: "https://evil.test/jwks.json", x5u: "https://evil.test/chain.pem" };
    expect((await refusal(await stranger.token({ header }))).outcome).toBe("bad_signature");
    expect((await refusal(await stranger.token({ header: { jwk } }))).outcome).toBe("unknown_key");
  });

  test("with other claims than were signed", async () => {
    const [header, , signature] = (await issuer.token({ roles: ["viewer"] })).split(".");
    const token = `${header}.${part(issuer.claims({ roles: ["admin"] }))}.${signature}`;
    expect((await refusal(token)).outcome).toBe("bad_signature");
  });

  test("without kid, where two keys could be meant", async () => {
    const two = createLocalJWKSet(JSON.parse(keySetOf(issuer.key, stranger.key)));
    const either = createVerifier({ settings, find: two, now });
    expect((await refusal(await issuer.token({ header: { kid: undefined } }), either)).outcome).toBe("unknown_key");
  });
});

describe("whatever is sent as a token", () => {
  test("is refused with a reason, never with a failure", async () => {
    const characters = fc.constantFrom(...Array.from("abcXYZ019._-~+/="));
    const anything = fc.oneof(
      fc.string({ unit: characters, maxLength: 60 }),
      fc
        .tuple(fc.json(), fc.json(), fc.base64String())
        .map(([a, b, c]) => `${base64url.encode(a)}.${base64url.encode(b)}.${c}`),
      fc
        .tuple(
          fc.record({ alg: fc.constantFrom("ES256", "none", "HS256"), kid: fc.constant(issuer.key.kid) }),
          fc.json(),
        )
        .map(([header, payload]) => `${part(header)}.${base64url.encode(payload)}.${"A".repeat(86)}`),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (token) => {
        expect((await refusal(token)).message).toMatch(/\.$/);
      }),
      { numRuns: 500 },
    );
  });

  test("signed by the issuer with whatever claims, is refused with a reason or tells whose it is", async () => {
    const claims = fc.dictionary(fc.constantFrom("exp", "iat", "nbf", "sub", "iss", "aud", "roles"), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(claims, async (values) => {
        const outcome = await verify(await issuer.token({ claims: values })).catch(
          (err: unknown) => err as TokenRefusal,
        );
        expect(outcome instanceof TokenRefusal || typeof outcome.subject === "string").toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test("with one character changed, is refused or is the same", async () => {
    const token = await issuer.token();
    const identity = await verify(token);
    const change = fc.tuple(fc.nat({ max: token.length - 1 }), fc.constantFrom(...Array.from("Aa0_-.=")));
    await fc.assert(
      fc.asyncProperty(change, async ([at, character]) => {
        const outcome = await verify(token.slice(0, at) + character + token.slice(at + 1)).catch((err: unknown) => err);
        expect(outcome instanceof TokenRefusal ? identity : outcome).toEqual(identity);
      }),
      { numRuns: 300 },
    );
  });
});

test("without keys it says so, and nothing of the token", async () => {
  const none = createVerifier({
    settings,
    now,
    find: () => {
      throw new KeysUnavailableError("none yet");
    },
  });
  await expect(none(await issuer.token())).rejects.toThrow(KeysUnavailableError);
});
