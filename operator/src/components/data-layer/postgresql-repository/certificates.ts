import { serviceHost } from "../../../names.ts";
import { issue } from "../../../x509/certificates.ts";
import { membersServiceName } from "../../kit/service.ts";
import type { PlatformModel } from "../../model.ts";
import { PLACE as POSTGRESQL } from "../postgresql/place.ts";
import { PARTY, repositoryHost } from "./place.ts";

/**
 * Ten years: what expires while nobody looks would stop archiving, and whoever can read a key can replace it as well. To
 * have others made before that, docs/backups.md says how.
 */
const VALID_MS = 3_650 * 86_400_000;

/**
 * Content of the Secret `postgresql-repository-tls-credentials`: both sides of mutual TLS, and the authority that signed
 * them, of which nothing else is kept. `now` is in milliseconds since the epoch.
 */
export function issueCertificates(
  model: Pick<PlatformModel, "name" | "namespaces">,
  now: number,
): Readonly<Record<string, string>> {
  const namespace = model.namespaces[POSTGRESQL.layer];
  const { authority, identities } = issue(
    `profile-platform ${model.name} backups`,
    {
      postgresql: {
        commonName: PARTY.postgresql,
        hosts: [`*.${serviceHost(membersServiceName(POSTGRESQL), namespace)}`],
      },
      repository: { commonName: PARTY.repository, hosts: [repositoryHost(model)] },
    },
    { now, validMs: VALID_MS },
  );
  return {
    "ca.crt": authority,
    "postgresql.crt": identities.postgresql.certificate,
    "postgresql.key": identities.postgresql.key,
    "repository.crt": identities.repository.certificate,
    "repository.key": identities.repository.key,
  };
}
