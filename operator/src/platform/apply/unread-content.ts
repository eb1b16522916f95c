import type { V1PodTemplateSpec } from "@kubernetes/client-node";
import type { KubernetesObject } from "../../kubernetes.ts";
import { objectId } from "../live/object-id.ts";
import { configMapsOf, secretsOf } from "../restarts/restart.ts";
import type { WorkloadChange } from "./gate.ts";
import type { Ledger } from "./ledger.ts";

/**
 * Why a workload whose pods would start has to wait: a ConfigMap or Secret that they read could not be applied. They
 * would read its former content under the mark of the new, and so would never be restarted for the new. Undefined where
 * all that they read is as it must be.
 */
export function unreadContent(
  workload: KubernetesObject,
  change: WorkloadChange,
  ledger: Pick<Ledger, "problemOf">,
): string | undefined {
  if (change === "kept") return undefined;
  const pods = (workload["spec"] as { readonly template?: V1PodTemplateSpec } | undefined)?.template?.spec;
  const { namespace = "" } = workload.metadata;
  const read = (kind: string, names: readonly string[]): readonly KubernetesObject[] =>
    names.map((name) => ({ apiVersion: "v1", kind, metadata: { namespace, name } }));
  const missing = [...read("ConfigMap", configMapsOf(pods)), ...read("Secret", secretsOf(pods))].find(
    (object) => ledger.problemOf(object) !== undefined,
  );
  return missing && `waits for ${objectId(missing)}, which its pods read`;
}
