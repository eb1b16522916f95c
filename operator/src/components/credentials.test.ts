import { Buffer } from "node:buffer";
import { randomInt } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { KubernetesObject } from "../kubernetes.ts";
import { CREDENTIAL_KEYS, completeCredential, credentialValue, parseCredential } from "./credentials.ts";
import { credentialSecret } from "./kit/credential-secret.ts";
import { SAMPLE_MODEL } from "./testing/sample-model.ts";

/** Always the first letter: what is random shows as a row of A. */
const first = (): number => 0;

const issue = () => ({
  "ca.crt": "1",
  "postgresql.crt": "2",
  "postgresql.key": "3",
  "repository.crt": "4",
  "repository.key": "5",
});

describe("completeCredential", () => {
  test("certificates are made together, and again when one of them is gone", () => {
    const name = "postgresql-repository-tls";
    const whole = completeCredential(name, undefined, { randomInt: first, issue });
    expect(whole.values).toStrictEqual(issue());
    expect(completeCredential(name, whole, { randomInt: first, issue: () => ({}) })).toBe(whole);
    const { "ca.crt": _, ...rest } = whole.values;
    const others = () => Object.fromEntries(Object.keys(issue()).map((key) => [key, "other"]));
    const again = completeCredential(name, { ...whole, values: rest }, { randomInt: first, issue: others });
    expect(again.values).toStrictEqual(others());
  });

  test("makes every key of the table", () => {
    const secret = "A".repeat(32);
    expect(completeCredential("postgresql", undefined, { randomInt: first, issue })).toStrictEqual({
      contentId: "A".repeat(16),
      values: {
        username: "profiles",
        database: "profiles",
        password: secret,
        "replication-password": secret,
        "rewind-password": secret,
        "patroni-password": secret,
      },
    });
  });

  test("gives a whole credential back as it is", () => {
    const existing = SAMPLE_MODEL.credentials.rabbitmq;
    expect(completeCredential("rabbitmq", existing, { randomInt: first, issue })).toBe(existing);
  });

  test("adds what is missing, keeps what is there, and marks the content as new", () => {
    const existing = { contentId: "old", values: { username: "profiles", password: "kept", "erlang-cookie": "" } };
    expect(completeCredential("rabbitmq", existing, { randomInt: first, issue })).toStrictEqual({
      contentId: "A".repeat(16),
      values: { username: "profiles", password: "kept", "erlang-cookie": "A".repeat(32) },
    });
  });

  test("needs no quoting anywhere, and differs each time", () => {
    const one = completeCredential("redis", undefined, { randomInt, issue });
    const other = completeCredential("redis", undefined, { randomInt, issue });
    expect(one.values["password"]).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(other.values["password"]).not.toBe(one.values["password"]);
    expect(other.contentId).not.toBe(one.contentId);
  });
});

describe("parseCredential", () => {
  test("reads back what the Secret was made of", () => {
    const credential = SAMPLE_MODEL.credentials.postgresql;
    const secret = credentialSecret(SAMPLE_MODEL, { name: "postgresql", layer: "data-layer" }, "postgresql");
    expect(parseCredential(secret)).toStrictEqual(credential);
  });

  test("leaves a Secret without a content id alone", () => {
    const foreign: KubernetesObject = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "redis-credentials", namespace: "data-layer" },
      data: { password: Buffer.from("theirs").toString("base64") },
    };
    expect(parseCredential(foreign)).toBeUndefined();
  });
});

test("a key that is not there is named", () => {
  expect(() => credentialValue({ contentId: "x", values: {} }, "password")).toThrow(
    'a credential has no key "password"',
  );
});

test("the superuser of PostgreSQL has no password to lose", () => {
  expect(Object.keys(CREDENTIAL_KEYS.postgresql)).not.toContain("superuser-password");
});
