import type { KubernetesObject } from "../../kubernetes.ts";
import { ANNOTATION_DATABASE, ANNOTATION_SPEC_HASH, LABEL_COMPONENT } from "../../labels.ts";
import { isWantedAsBefore, type Work } from "../apply/apply-object.ts";
import type { WorkloadChange } from "../apply/gate.ts";
import type { LiveObjects } from "../live/live-objects.ts";

/** What applying a workload would do to it. */
export function workloadChange(
  wanted: KubernetesObject,
  { live, memory }: Pick<Work, "live" | "memory">,
): WorkloadChange {
  const found = live.get(wanted.kind, wanted.metadata.namespace, wanted.metadata.name);
  if (found === undefined) {
    // Deleted by hand, or out of sight because its labels were: what ran before may run again. A Job would start anew.
    return wanted.kind !== "Job" && isWantedAsBefore(wanted, memory) ? "kept" : "created";
  }
  return specHash(found) === specHash(wanted) ? "kept" : "changed";
}

/** Hash of what was wanted of a workload when it was last applied. */
export function specHash(object: KubernetesObject): string | undefined {
  return object.metadata.annotations?.[ANNOTATION_SPEC_HASH];
}

/**
 * The Job that did for a former version what `wanted`, which is not there, is to do for this one. What was done to a
 * database that is gone was not done to this one.
 */
export function formerJob(wanted: KubernetesObject, platform: string, live: LiveObjects): KubernetesObject | undefined {
  const { namespace, name, labels, annotations } = wanted.metadata;
  if (wanted.kind !== "Job" || live.get("Job", namespace, name) !== undefined) return undefined;
  return live
    .ofPlatform("Job", platform)
    .find(
      ({ metadata }) =>
        metadata.namespace === namespace &&
        metadata.labels?.[LABEL_COMPONENT] === labels?.[LABEL_COMPONENT] &&
        metadata.annotations?.[ANNOTATION_DATABASE] === annotations?.[ANNOTATION_DATABASE],
    );
}
