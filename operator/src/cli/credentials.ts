import { randomInt } from "node:crypto";
import { CREDENTIAL_KEYS, completeCredential, parseCredential } from "../components/credentials.ts";
import { credentialSecretName } from "../components/kit/credential-secret.ts";
import type { Credential, CredentialName, Credentials } from "../components/model.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { LABEL_PLATFORM } from "../labels.ts";

const NAMES = Object.keys(CREDENTIAL_KEYS) as readonly CredentialName[];

/** Stands in for the content id, so that what is rendered offline is the same every time. */
const NO_CONTENT_ID = "not-generated";

/** Credentials without any secret in them: for output that is only read. */
export function placeholderCredentials(): Credentials {
  return collect((name) => {
    const values = Object.keys(CREDENTIAL_KEYS[name]).map((key) => [key, ""] as const);
    return { contentId: NO_CONTENT_ID, values: Object.fromEntries(values) };
  });
}

/** Credentials of a platform: those that its Secrets hold, and fresh ones for the rest. */
export function existingOrFresh(platform: string, secrets: readonly KubernetesObject[]): Credentials {
  return collect((name) => completeCredential(name, findCredential(platform, name, secrets), randomInt));
}

/** Credentials of a platform as its Secrets hold them, and placeholders for the rest. */
export function existingOrPlaceholder(platform: string, secrets: readonly KubernetesObject[]): Credentials {
  const placeholders = placeholderCredentials();
  return collect((name) => findCredential(platform, name, secrets) ?? placeholders[name]);
}

/** Copies in other layers have fewer keys than the one home of a credential. */
function findCredential(
  platform: string,
  name: CredentialName,
  secrets: readonly KubernetesObject[],
): Credential | undefined {
  return secrets
    .filter(({ metadata }) => metadata.name === credentialSecretName(name))
    .filter(({ metadata }) => metadata.labels?.[LABEL_PLATFORM] === platform)
    .flatMap((secret) => parseCredential(secret) ?? [])
    .find(({ values }) => Object.keys(CREDENTIAL_KEYS[name]).every((key) => key in values));
}

function collect(credentialOf: (name: CredentialName) => Credential): Credentials {
  return Object.fromEntries(NAMES.map((name) => [name, credentialOf(name)])) as Credentials;
}
