import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { embeddedIssuer } from "../../components/server-layer/auth/index.ts";
import { makeSigningKey, type SigningKey } from "../../components/server-layer/auth/signing-key.ts";
import { PUBLISHED_MS } from "../../components/server-layer/auth/signing-keys.ts";
import { rfc3339 } from "../../engine/apply/conditions.ts";
import type { ApiClient, ApiRequest } from "../../engine/client/api-client.ts";
import { ApiError } from "../../engine/client/api-error.ts";
import { UsageError } from "../../errors.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { modelOfSpec, platformOfSpec } from "../../platform/testing.ts";
import { makeToken } from "./make-token.ts";

const NOW = Date.parse("2030-01-01T12:00:00Z");
const OLD = { key: makeSigningKey(), createdAt: NOW - 48 * 3_600_000 };
const NEW = { key: makeSigningKey(), createdAt: NOW - PUBLISHED_MS + 1_000 };
const PLATFORMS = "/apis/profileplatform.io/v1alpha1/profileplatforms";
const FORBIDDEN = new ApiError({ status: 403, reason: "Forbidden", message: 'cannot get resource "x"' });

type Answers = Readonly<Record<string, unknown>>;

/** Answers by path; an Error is thrown, and what is not there is not found. */
function clientOf(answers: Answers): Pick<ApiClient, "request"> {
  const answer = ({ path }: ApiRequest): unknown => {
    const found = answers[path];
    if (found instanceof Error) throw found;
    if (found === undefined) throw new ApiError({ status: 404, reason: "NotFound", message: `no ${path}` });
    return found;
  };
  return { request: async (request: ApiRequest) => answer(request) } as unknown as ApiClient;
}

const REVIEW = {
  "/apis/authentication.k8s.io/v1/selfsubjectreviews": {
    metadata: { creationTimestamp: rfc3339(NOW) },
    status: { userInfo: { username: "ada" } },
  },
};

/** What the API server has of a platform with these keys, and this spec beside. */
function answersOf(
  keys: readonly { readonly key: SigningKey; readonly createdAt: number; readonly revoked?: true }[],
  spec: Readonly<Record<string, unknown>> = {},
): Answers {
  const model = modelOfSpec(spec);
  const auth = { ...model.auth, signingKeys: keys.map(({ key }) => key) } as typeof model.auth;
  const [configMap, , ...secrets] = embeddedIssuer({ ...model, auth }, "server-layer");
  const namespace = model.namespaces["server-layer"];
  const dated = secrets.map((secret, index): KubernetesObject => {
    const { createdAt = NOW, revoked = false } = keys[index] ?? {};
    const annotations = revoked ? { "profileplatform.io/revoked": "" } : {};
    return { ...secret, metadata: { ...secret.metadata, creationTimestamp: rfc3339(createdAt), annotations } };
  });
  const complete = { namespacePrefix: "", auth: { embedded: {} }, ...spec };
  return {
    ...REVIEW,
    [PLATFORMS]: { items: [platformOfSpec(complete)] },
    [`/api/v1/namespaces/${namespace}/configmaps/server-jwks`]: configMap,
    ...Object.fromEntries(
      dated.map((secret) => [`/api/v1/namespaces/${namespace}/secrets/${secret.metadata.name}`, secret]),
    ),
  };
}

const decode = (part: string | undefined): unknown => JSON.parse(Buffer.from(part ?? "", "base64url").toString("utf8"));

/** Header and claims of a token that is signed with a key; throws when it is not. By another implementation than signs. */
async function verify(token: string, { publicJWK }: SigningKey): Promise<{ header: unknown; claims: unknown }> {
  const [header, claims, signature = ""] = token.split(".");
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const { kty, crv, x, y } = publicJWK;
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, algorithm, false, ["verify"]);
  const content = new TextEncoder().encode(`${header}.${claims}`);
  const isSigned = await crypto.subtle.verify(algorithm, key, Buffer.from(signature, "base64url"), content);
  if (!isSigned) throw new Error("the token is not signed with this key");
  return { header: decode(header), claims: decode(claims) };
}

function isSigned(token: string, key: SigningKey): Promise<boolean> {
  return verify(token, key).then(
    () => true,
    () => false,
  );
}

async function refusal(answers: Answers, wishes: Partial<Parameters<typeof makeToken>[1]> = {}): Promise<string> {
  const error = await makeToken(clientOf(answers), { role: "viewer", ...wishes }).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(UsageError);
  return (error as UsageError).message;
}

describe("a token", () => {
  test("is signed, and says what the server asks for", async () => {
    const token = await makeToken(clientOf(answersOf([OLD])), { role: "editor" });
    expect(await verify(token, OLD.key)).toEqual({
      header: { alg: "ES256", typ: "JWT", kid: OLD.key.publicJWK.kid },
      claims: {
        iss: "https://server.server-layer.svc.cluster.local",
        aud: "profile-platform",
        sub: "ada",
        roles: ["editor"],
        iat: NOW / 1000,
        exp: NOW / 1000 + 3600,
        jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    });
  });

  test("names whom it is told to, for as long as it is told to, in the namespace that the platform has", async () => {
    const spec = { namespacePrefix: "team-a-" };
    const wishes = { role: "admin", platform: "demo", subject: "nightly-import", expires: "24h" } as const;
    const token = await makeToken(clientOf(answersOf([OLD], spec)), wishes);
    expect((await verify(token, OLD.key)).claims).toMatchObject({
      iss: "https://server.team-a-server-layer.svc.cluster.local",
      sub: "nightly-import",
      roles: ["admin"],
      exp: NOW / 1000 + 24 * 3600,
    });
  });

  test("lives as long as the platform allows, where that is less than an hour", async () => {
    const spec = { auth: { embedded: { maxTokenLifetime: "10m" } } };
    const token = await makeToken(clientOf(answersOf([OLD], spec)), { role: "viewer" });
    expect((await verify(token, OLD.key)).claims).toMatchObject({ exp: NOW / 1000 + 600 });
  });

  test("is signed with the new key only when every server knows it", async () => {
    const client = clientOf(answersOf([OLD, NEW]));
    expect(await isSigned(await makeToken(client, { role: "viewer" }), OLD.key)).toBe(true);
    expect(await isSigned(await makeToken(client, { role: "viewer" }, NOW + 1_000), NEW.key)).toBe(true);
  });

  test("is never signed with a key that was revoked", async () => {
    const client = clientOf(answersOf([OLD, { ...NEW, createdAt: NOW - 3_600_000, revoked: true }]));
    expect(await isSigned(await makeToken(client, { role: "viewer" }), OLD.key)).toBe(true);
  });

  test("can be had by who may read the keys and nothing else", async () => {
    const answers = { ...answersOf([OLD]), [PLATFORMS]: FORBIDDEN };
    const token = await makeToken(clientOf(answers), { role: "viewer", namespace: "server-layer" });
    expect(await isSigned(token, OLD.key)).toBe(true);
    expect(await refusal(answers)).toBe(
      "You may not read ProfilePlatforms: name the namespace of the platform's server layer with --namespace instead, " +
        "such as --namespace server-layer.",
    );
  });
});

describe("no token, but a sentence", () => {
  test("for longer than the platform allows", async () => {
    const spec = { auth: { embedded: { maxTokenLifetime: "8h" } } };
    expect(await refusal(answersOf([OLD], spec), { expires: "9h" })).toBe(
      "A token of this platform lives 8h at most, and 9h is longer: ask for less with --expires, or raise " +
        "spec.auth.embedded.maxTokenLifetime of the ProfilePlatform (up to 24h).",
    );
  });

  test("for a length of time that is none", async () => {
    expect(await refusal(answersOf([OLD]), { expires: "tomorrow" })).toBe(
      '--expires: "tomorrow" is not a length of time: write a whole number above zero and s, m or h, such as 15m',
    );
  });

  test("where an OIDC issuer makes them", async () => {
    const oidc = { issuerURL: "https://id.example.com", audience: "profiles", rolesClaim: "realm_access.roles" };
    const platform = platformOfSpec({ namespacePrefix: "", auth: { embedded: {}, oidc } });
    expect(await refusal({ ...REVIEW, [PLATFORMS]: { items: [platform] } })).toBe(
      'Platform demo takes the tokens of https://id.example.com and no others: get one there, for the audience "profiles", ' +
        'with the role in the claim "realm_access.roles".',
    );
  });

  test("where there are several platforms, none, or none of that name", async () => {
    const two = [platformOfSpec({}), platformOfSpec({}, { name: "other" })];
    expect(await refusal({ ...REVIEW, [PLATFORMS]: { items: two } })).toBe(
      "There is more than one platform in this cluster (demo, other): add --platform and its name.",
    );
    expect(await refusal({ ...REVIEW, [PLATFORMS]: { items: [] } })).toMatch(/^There is no platform in this cluster/);
    expect(await refusal({ ...REVIEW, [PLATFORMS]: { items: two } }, { platform: "third" })).toBe(
      'There is no platform "third" in this cluster; there is demo, other.',
    );
  });

  test("before there is a key", async () => {
    const { [PLATFORMS]: platforms } = answersOf([OLD]);
    expect(await refusal({ ...REVIEW, [PLATFORMS]: platforms })).toMatch(/^Namespace server-layer has no keys to sign/);
    const published = Object.entries(answersOf([OLD])).filter(([path]) => !path.includes("/secrets/"));
    expect(await refusal(Object.fromEntries(published))).toMatch(/^Namespace server-layer has no key to sign with yet/);
  });

  test("for who may not read the key", async () => {
    const answers = Object.entries(answersOf([OLD]));
    const closed = answers.map(([path, object]) => [path, path.includes("/secrets/") ? FORBIDDEN : object]);
    expect(await refusal(Object.fromEntries(closed))).toMatch(
      /^You may not read Secret server-layer\/server-signing-key-\w{10}: ask for a RoleBinding in namespace server-layer that gives you the Role token-issuer\.$/,
    );
  });
});
