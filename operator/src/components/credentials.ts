import { Buffer } from "node:buffer";
import type { KubernetesObject } from "../kubernetes.ts";
import { ANNOTATION_CONTENT_ID } from "../labels.ts";
import type { Credential, CredentialName, PlatformModel } from "./model.ts";

/** One key of a generated Secret: what it is made of, and whether callers in other layers get a copy. */
export type CredentialKey = { readonly shared: boolean } & (
  | { readonly kind: "constant"; readonly value: string }
  | { readonly kind: "random"; readonly length: number }
  /** One of several texts that are made together, by `Generators.issue`. */
  | { readonly kind: "issued" }
);

/** Letters and digits alone: safe in a URL, in JSON, in a shell word and in a configuration file without quoting. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

const ISSUED = { kind: "issued", shared: false } as const;
/** 32 of 62 characters: 190 bits. */
const SECRET: { readonly kind: "random"; readonly length: number } = { kind: "random", length: 32 };

/**
 * Keys of each credential. PostgreSQL's superuser has no password at all: it can log in only through the socket inside
 * its own container.
 */
export const CREDENTIAL_KEYS: Readonly<Record<CredentialName, Readonly<Record<string, CredentialKey>>>> = {
  postgresql: {
    username: { kind: "constant", value: "profiles", shared: true },
    database: { kind: "constant", value: "profiles", shared: true },
    password: { ...SECRET, shared: true },
    "replication-password": { ...SECRET, shared: false },
    "rewind-password": { ...SECRET, shared: false },
    "patroni-password": { ...SECRET, shared: false },
  },
  redis: {
    password: { ...SECRET, shared: true },
  },
  rabbitmq: {
    username: { kind: "constant", value: "profiles", shared: true },
    password: { ...SECRET, shared: true },
    "erlang-cookie": { ...SECRET, shared: false },
  },
  // With it every backup is encrypted: without it none can be read.
  "postgresql-repository": {
    passphrase: { ...SECRET, shared: false },
  },
  // By which PostgreSQL and its repository know each other, and nobody else.
  "postgresql-repository-tls": {
    "ca.crt": ISSUED,
    "postgresql.crt": ISSUED,
    "postgresql.key": ISSUED,
    "repository.crt": ISSUED,
    "repository.key": ISSUED,
  },
};

/** Names of the credentials that a platform has. */
export function credentialNames({ postgresql }: Pick<PlatformModel, "postgresql">): readonly CredentialName[] {
  const usual = ["postgresql", "redis", "rabbitmq"] as const;
  return postgresql.backup === undefined ? usual : [...usual, "postgresql-repository", "postgresql-repository-tls"];
}

/** Uniform whole numbers, 0 ≤ n < limit, unpredictable: `randomInt` of node:crypto. */
export type RandomInt = (limit: number) => number;

/** What new contents are made with. */
export interface Generators {
  readonly randomInt: RandomInt;
  /** The certificates of a platform with backups, with their keys. */
  readonly issue: () => Readonly<Record<string, string>>;
}

/**
 * The credential with every key of its table. What `existing` holds is kept, so that a key that a newer version adds
 * changes no password; but of texts that are made together, none is kept where one is missing. The same object comes back
 * when nothing was missing; otherwise the content has a new id.
 */
export function completeCredential(
  name: CredentialName,
  existing: Credential | undefined,
  { randomInt, issue }: Generators,
): Credential {
  const keys = Object.entries(CREDENTIAL_KEYS[name]);
  const missing = keys.filter(([key]) => (existing?.values[key] ?? "") === "");
  if (existing !== undefined && missing.length === 0) return existing;
  const issued = missing.some(([, { kind }]) => kind === "issued") ? issue() : {};
  const values: Record<string, string> = { ...existing?.values, ...issued };
  for (const [key, spec] of missing) {
    if (spec.kind === "constant") values[key] = spec.value;
    if (spec.kind === "random") values[key] = randomText(spec.length, randomInt);
  }
  return { contentId: randomText(16, randomInt), values };
}

/** The credential that a live Secret holds; undefined when it was not made by the operator (it names no content id). */
export function parseCredential(secret: KubernetesObject): Credential | undefined {
  const contentId = secret.metadata.annotations?.[ANNOTATION_CONTENT_ID];
  if (contentId === undefined) {
    return undefined;
  }
  const data = (secret["data"] ?? {}) as Readonly<Record<string, string>>;
  const values = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")]);
  return { contentId, values: Object.fromEntries(values) as Record<string, string> };
}

/** Value of a key. Throws when the credential is not complete. */
export function credentialValue(credential: Credential, key: string): string {
  const value = credential.values[key];
  if (value === undefined) {
    throw new Error(`a credential has no key "${key}": complete it with completeCredential before building objects`);
  }
  return value;
}

function randomText(length: number, randomInt: RandomInt): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}
