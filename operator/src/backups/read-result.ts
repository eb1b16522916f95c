import { type BackupResult, parseResult } from "../components/data-layer/postgresql-backup/result.ts";
import type { ApiClient } from "../engine/client/api-client.ts";
import { resourcePath } from "../engine/client/resource-type.ts";
import { LABEL_BACKUP } from "../labels.ts";
import { POD_TYPE } from "../platform/live/kinds.ts";

interface FinishedPod {
  readonly status?: {
    readonly containerStatuses?: readonly {
      readonly state?: { readonly terminated?: { readonly finishedAt?: string; readonly message?: string } };
    }[];
  };
}

/** What the pod of a backup's Job that ended last has said; undefined where none is left that said anything. Throws ApiError. */
export async function readResult(
  client: Pick<ApiClient, "request">,
  namespace: string,
  uid: string,
  signal: AbortSignal,
): Promise<BackupResult | undefined> {
  const { items } = await client.request<{ readonly items: readonly FinishedPod[] }>({
    method: "GET",
    path: resourcePath(POD_TYPE, { namespace }),
    query: { labelSelector: `${LABEL_BACKUP}=${uid}` },
    signal,
  });
  const said = items
    .flatMap(({ status }) => status?.containerStatuses ?? [])
    .flatMap(({ state }) => state?.terminated ?? [])
    .sort((one, other) => ((one.finishedAt ?? "") < (other.finishedAt ?? "") ? 1 : -1));
  return said.map(({ message = "" }) => parseResult(message)).find((result) => result !== undefined);
}
