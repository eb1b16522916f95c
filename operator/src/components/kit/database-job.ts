import type { V1JobSpec, V1PodTemplateSpec } from "@kubernetes/client-node";
import type { KubernetesObject } from "../../kubernetes.ts";
import { ANNOTATION_DATABASE } from "../../labels.ts";
import type { PlatformModel } from "../model.ts";
import { objectMeta, type Place } from "./place.ts";

/** A Job that has to succeed once for each database that there is. */
export function databaseJob(
  model: PlatformModel,
  place: Place,
  name: string,
  template: V1PodTemplateSpec,
): KubernetesObject {
  const spec: V1JobSpec = {
    parallelism: 1,
    completions: 1,
    // With the waits between them, half an hour: longer than a database is away for while it fails over or restarts.
    backoffLimit: 10,
    template,
  };
  const metadata = objectMeta(model, place, { name });
  const annotations = ofDatabase(model);
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: model.database === undefined ? metadata : { ...metadata, annotations },
    spec,
  };
}

/** Annotations that tell one database from another that was made in its place; none while nothing is known of it. */
export function ofDatabase({ database }: PlatformModel): Readonly<Record<string, string>> {
  return database === undefined ? {} : { [ANNOTATION_DATABASE]: database };
}
