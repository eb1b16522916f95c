import type { KubernetesObject } from "../../../kubernetes.ts";
import { databaseJob, ofDatabase } from "../../kit/database-job.ts";
import { shortHash } from "../../kit/hash.ts";
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
  return databaseJob(model, PLACE, stanzaJobName(model), stanzaPod(model));
}

function stanzaPod(model: PlatformModel) {
  return repositoryPod(model, ["sh", `${CONFIG_DIRECTORY}/${STANZA_SCRIPT}`], { annotations: ofDatabase(model) });
}
