import type { V1JobSpec } from "@kubernetes/client-node";
import type { KubernetesObject } from "../../../kubernetes.ts";
import { ANNOTATION_DATABASE } from "../../../labels.ts";
import { shortHash } from "../../kit/hash.ts";
import { objectMeta } from "../../kit/place.ts";
import type { PlatformModel } from "../../model.ts";
import { CONFIG_DIRECTORY } from "../postgresql-repository/place.ts";
import { PLACE } from "./place.ts";
import { repositoryPod } from "./pod.ts";
import { STANZA_SCRIPT } from "./scripts.ts";

/** A Job cannot be changed, so each version of its pod, and each database, has one of its own. */
export function stanzaJobName(model: PlatformModel): string {
  return `postgresql-stanza-${shortHash(stanzaPod(model))}`;
}

/** Tells the repository which database it is for: once for each database that there is. */
export function stanzaJob(model: PlatformModel): KubernetesObject {
  const spec: V1JobSpec = {
    parallelism: 1,
    completions: 1,
    // With the waits between them, half an hour: longer than a database is away for while it fails over or restarts.
    backoffLimit: 10,
    template: stanzaPod(model),
  };
  const metadata = objectMeta(model, PLACE, { name: stanzaJobName(model) });
  const annotations = ofDatabase(model);
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: model.database === undefined ? metadata : { ...metadata, annotations },
    spec,
  };
}

function stanzaPod(model: PlatformModel) {
  return repositoryPod(model, ["sh", `${CONFIG_DIRECTORY}/${STANZA_SCRIPT}`], { annotations: ofDatabase(model) });
}

function ofDatabase({ database }: PlatformModel): Readonly<Record<string, string>> {
  return database === undefined ? {} : { [ANNOTATION_DATABASE]: database };
}
