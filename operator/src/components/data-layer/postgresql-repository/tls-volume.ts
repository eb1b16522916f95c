import type { V1Volume, V1VolumeMount } from "@kubernetes/client-node";
import { credentialSecretName } from "../../kit/credential-secret.ts";
import { type PARTY, TLS_DIRECTORY } from "./place.ts";

/** Certificates of one side, without the key of the other. pgBackRest wants keys that nobody else may read. */
export function tlsVolume(own: keyof typeof PARTY): V1Volume {
  const items = ["ca.crt", `${own}.crt`, `${own}.key`].map((key) => ({ key, path: key }));
  return {
    name: "pgbackrest-tls",
    secret: { secretName: credentialSecretName("postgresql-repository-tls"), defaultMode: 0o440, items },
  };
}

export const TLS_MOUNT: V1VolumeMount = { name: "pgbackrest-tls", mountPath: TLS_DIRECTORY, readOnly: true };
