import { randomInt } from "node:crypto";
import { CREDENTIAL_KEYS, completeCredential, credentialNames, parseCredential } from "../components/credentials.ts";
import { issueCertificates } from "../components/data-layer/postgresql-repository/certificates.ts";
import { credentialOf, credentialSecretName } from "../components/kit/credential-secret.ts";
import type { Credential, CredentialName, Credentials, PlatformModel } from "../components/model.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { LABEL_PLATFORM } from "../labels.ts";

/** Stands in for the content id, so that what is rendered offline is the same every time. */
const NO_CONTENT_ID = "not-generated";

/** Credentials without any secret in them: for output that is only read. */
export function placeholderCredentials(outline: PlatformModel): Credentials {
  return collect(outline, (name) => {
    const values = Object.keys(CREDENTIAL_KEYS[name]).map((key) => [key, ""] as const);
    return { contentId: NO_CONTENT_ID, values: Object.fromEntries(values) };
  });
}

/** Credentials of a platform: those that its Secrets hold, and fresh ones for the rest. `now` is in milliseconds. */
export function existingOrFresh(
  outline: PlatformModel,
  secrets: readonly KubernetesObject[],
  now: number,
): Credentials {
  const generators = { randomInt, issue: () => issueCertificates(outline, now) };
  return collect(outline, (name) => completeCredential(name, findCredential(outline.name, name, secrets), generators));
}

/** Credentials of a platform as its Secrets hold them, and placeholders for the rest. */
export function existingOrPlaceholder(outline: PlatformModel, secrets: readonly KubernetesObject[]): Credentials {
  const placeholders = placeholderCredentials(outline);
  return collect(
    outline,
    (name) => findCredential(outline.name, name, secrets) ?? credentialOf({ credentials: placeholders }, name),
  );
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

function collect(outline: PlatformModel, make: (name: CredentialName) => Credential): Credentials {
  return Object.fromEntries(credentialNames(outline).map((name) => [name, make(name)])) as Credentials;
}
