import { describe, expect, test } from "vitest";
import { keySecret } from "../components/server-layer/auth/key-secret.ts";
import { makeSigningKey } from "../components/server-layer/auth/signing-key.ts";
import { SAMPLE_MODEL } from "../components/testing/sample-model.ts";
import { existingOrFreshKeys, existingOrPlaceholderKeys, placeholderKeys } from "./signing-keys.ts";

const [OLD, NEW] = [makeSigningKey(), makeSigningKey()];
const dated = (key: typeof OLD, creationTimestamp: string, annotations = {}) => {
  const secret = keySecret(SAMPLE_MODEL, key);
  return { ...secret, metadata: { ...secret.metadata, creationTimestamp, annotations } };
};
const SECRETS = [dated(NEW, "2030-01-02T00:00:00Z"), dated(OLD, "2030-01-01T00:00:00Z")];

test("keys that exist are kept, oldest first", () => {
  expect(existingOrFreshKeys("demo", SECRETS)).toEqual([OLD, NEW]);
  expect(existingOrPlaceholderKeys("demo", SECRETS)).toEqual([OLD, NEW]);
});

test("one that was revoked is none", () => {
  const revoked = dated(OLD, "2030-01-01T00:00:00Z", { "profileplatform.io/revoked": "" });
  expect(existingOrFreshKeys("demo", [revoked, ...SECRETS.slice(0, 1)])).toEqual([NEW]);
});

describe("where there is none of the platform", () => {
  test("a fresh one is made each time", () => {
    const [one, two] = [existingOrFreshKeys("other", SECRETS), existingOrFreshKeys("other", [])];
    expect([one.length, two.length]).toEqual([1, 1]);
    expect(one).not.toEqual(two);
    expect(SECRETS).not.toContainEqual(one[0]);
  });

  test("or a placeholder that holds nothing and is the same each time", () => {
    expect(existingOrPlaceholderKeys("other", SECRETS)).toEqual(placeholderKeys());
    expect(keySecret(SAMPLE_MODEL, placeholderKeys()[0] ?? OLD)).toMatchObject({
      metadata: { name: "server-signing-key-madelater" },
      data: { "private.pem": "" },
    });
  });
});
