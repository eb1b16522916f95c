import { rfc3339 } from "../engine/apply/conditions.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { ANNOTATION_SCHEDULED_FOR } from "../labels.ts";
import { API_GROUP, API_VERSION, BACKUP_KIND } from "../names.ts";
import { ownerReference, type PlatformIdentity } from "../platform/plan/identity.ts";

const MINUTE_MS = 60_000;

/** The PlatformBackup that a schedule asks for now, named after its minute, so that it is made once. `now` in milliseconds. */
export function scheduledBackup(platform: PlatformIdentity, now: number): KubernetesObject {
  const minute = rfc3339(now - (now % MINUTE_MS));
  const stamp = minute.replace(/\D/g, "").slice(0, 12);
  return {
    apiVersion: `${API_GROUP}/${API_VERSION}`,
    kind: BACKUP_KIND,
    metadata: {
      name: `${platform.name}-${stamp}`,
      annotations: { [ANNOTATION_SCHEDULED_FOR]: minute },
      ownerReferences: [ownerReference(platform)],
    },
    spec: { platform: platform.name, type: "full" },
  };
}
