import type { KubernetesObject } from "../kubernetes.ts";

/** No base64, so that the API server refuses a Secret that somebody applies with it. */
export const REDACTED = "<redacted>";

/** The object with every value of a Secret replaced; other objects as they are. */
export function redact(object: KubernetesObject): KubernetesObject {
  if (object.kind !== "Secret") return object;
  const hidden = (["data", "stringData"] as const).flatMap((field) => {
    const values = object[field] as Readonly<Record<string, string>> | undefined;
    if (values === undefined) return [];
    return [[field, Object.fromEntries(Object.keys(values).map((key) => [key, REDACTED]))] as const];
  });
  return { ...object, ...Object.fromEntries(hidden) };
}
