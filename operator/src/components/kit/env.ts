import type { V1EnvVar } from "@kubernetes/client-node";
import type { CredentialName } from "../model.ts";
import { credentialSecretName } from "./credential-secret.ts";

/** Environment variable with a value that anybody may read. */
export function env(name: string, value: string | number): V1EnvVar {
  return { name, value: String(value) };
}

/** Environment variable from a generated Secret. */
export function secretEnv(name: string, credential: CredentialName, key: string): V1EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: credentialSecretName(credential), key } } };
}

/** Environment variable from the pod itself, such as `status.podIP`. */
export function fieldEnv(name: string, fieldPath: string): V1EnvVar {
  return { name, valueFrom: { fieldRef: { apiVersion: "v1", fieldPath } } };
}
