import { isDeepStrictEqual } from "node:util";
import type { ProfilePlatformStatus } from "@profile-platform/crds";
import type { Change } from "../../engine/cache/store.ts";
import type { KubernetesObject } from "../../kubernetes.ts";

/** Whether a change of a child can mean anything. A mere new resource version cannot. */
export function isChildNews({ type, object, previous }: Change): boolean {
  return type !== "updated" || previous === undefined || !isDeepStrictEqual(essence(object), essence(previous));
}

/**
 * Whether a change of a platform can mean anything: a status is news unless it is the one that was written last, so
 * that the operator's own writes wake nobody and a status that somebody else edits is put right.
 */
export function isPlatformNews(change: Change, lastStatus: ProfilePlatformStatus | undefined): boolean {
  const { type, object, previous } = change;
  if (type !== "updated" || previous === undefined) return true;
  if (!isDeepStrictEqual(essence({ ...object, status: undefined }), essence({ ...previous, status: undefined }))) {
    return true;
  }
  return !isDeepStrictEqual(object["status"], previous["status"]) && !isDeepStrictEqual(object["status"], lastStatus);
}

function essence({ metadata, ...rest }: KubernetesObject): unknown {
  const { resourceVersion: _resourceVersion, ...kept } = metadata;
  return { ...rest, metadata: kept };
}
