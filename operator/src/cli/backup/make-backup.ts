import type { PlatformBackup, ProfilePlatform } from "@profile-platform/crds";
import type { ApiClient } from "../../engine/client/api-client.ts";
import { isNotFound } from "../../engine/client/api-error.ts";
import { resourcePath } from "../../engine/client/resource-type.ts";
import { UsageError } from "../../errors.ts";
import { API_GROUP, API_VERSION, BACKUP_KIND } from "../../names.ts";
import { BACKUP_TYPE } from "../../platform/live/kinds.ts";
import { readPlatform } from "../cluster.ts";

export const BACKUP_TYPES = ["full", "differential", "incremental"] as const;

export interface BackupRequest {
  /** Name of the platform; the only one of the cluster when undefined. */
  readonly platform: string | undefined;
  readonly type: (typeof BACKUP_TYPES)[number];
}

/**
 * Creates a PlatformBackup, which the operator carries out.
 *
 * @throws UsageError where no backup can be made, with what to do.
 */
export async function createBackup(
  client: Pick<ApiClient, "request">,
  { platform, type }: BackupRequest,
): Promise<PlatformBackup> {
  const { name } = (await choosePlatform(client, platform)).metadata;
  try {
    return await client.request<PlatformBackup>({
      method: "POST",
      path: resourcePath(BACKUP_TYPE, {}),
      body: {
        apiVersion: `${API_GROUP}/${API_VERSION}`,
        kind: BACKUP_KIND,
        metadata: { generateName: `${name}-` },
        spec: { platform: name, type },
      },
    });
  } catch (error) {
    if (!isNotFound(error)) throw new Error("while creating a PlatformBackup", { cause: error });
    throw new UsageError(
      "This cluster does not know PlatformBackups: apply the definitions of this version of the chart profile-platform-operator.",
      { cause: error },
    );
  }
}

async function choosePlatform(client: Pick<ApiClient, "request">, name: string | undefined): Promise<ProfilePlatform> {
  const platform = await readPlatform(client, name);
  // One that was stored by an older version may lack any part of it.
  const spec = platform.spec as Partial<ProfilePlatform["spec"]> | undefined;
  if (spec?.postgresql?.backup === undefined) {
    throw new UsageError(
      `Platform "${platform.metadata.name}" makes no backups: set spec.postgresql.backup, as docs/backups.md says.`,
    );
  }
  return platform;
}

/** How a backup stands, by a live look. @throws UsageError when somebody has deleted it. */
export async function readBackup(client: Pick<ApiClient, "request">, name: string): Promise<PlatformBackup> {
  try {
    return await client.request<PlatformBackup>({ method: "GET", path: resourcePath(BACKUP_TYPE, { name }) });
  } catch (error) {
    if (!isNotFound(error)) throw new Error(`while reading PlatformBackup ${name}`, { cause: error });
    throw new UsageError(`PlatformBackup ${name} was deleted before it ended: create another one.`, { cause: error });
  }
}
