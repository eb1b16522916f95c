import type { ProfilePlatform } from "@profile-platform/crds";
import { ApiClient } from "../engine/client/api-client.ts";
import { isNotFound } from "../engine/client/api-error.ts";
import { resourcePath } from "../engine/client/resource-type.ts";
import { UsageError } from "../errors.ts";
import { FIELD_MANAGER } from "../names.ts";
import { PLATFORM_TYPE } from "../platform/live/kinds.ts";

export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
}

export function connect({ kubeconfig, context }: ClusterOptions): ApiClient {
  return ApiClient.fromKubeConfig({ kubeconfigPath: kubeconfig, context, userAgent: `${FIELD_MANAGER}-cli` });
}

/** Every platform of the cluster, or the one that is named. Throws UsageError when there is no such thing. */
export async function readPlatforms(
  client: Pick<ApiClient, "request">,
  name: string | undefined,
): Promise<readonly ProfilePlatform[]> {
  const list = await listPlatforms(client);
  if (name === undefined) return list;
  const found = list.filter(({ metadata }) => metadata.name === name);
  if (found.length > 0) return found;
  const known = list.map(({ metadata }) => metadata.name).join(", ");
  throw new UsageError(
    `There is no platform "${name}" in this cluster; there ${known === "" ? "is none at all" : `is ${known}`}.`,
  );
}

/**
 * The platform that is named, or the only one of the cluster.
 *
 * @throws UsageError where there is none, or where there are several and none is named
 */
export async function readPlatform(
  client: Pick<ApiClient, "request">,
  name: string | undefined,
): Promise<ProfilePlatform> {
  const platforms = await readPlatforms(client, name);
  const [platform] = platforms;
  if (platform === undefined) throw new UsageError("There is no platform yet: kubectl apply -f a ProfilePlatform.");
  if (platforms.length > 1) {
    const known = platforms.map(({ metadata }) => metadata.name).join(", ");
    throw new UsageError(`There are several platforms: name one of ${known}.`);
  }
  return platform;
}

async function listPlatforms(client: Pick<ApiClient, "request">): Promise<readonly ProfilePlatform[]> {
  try {
    const list = await client.request<{ items: readonly ProfilePlatform[] }>({
      method: "GET",
      path: resourcePath(PLATFORM_TYPE, {}),
    });
    return [...list.items].sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
  } catch (error) {
    if (!isNotFound(error)) throw new Error("while reading the platforms", { cause: error });
    throw new UsageError(
      "This cluster does not know ProfilePlatforms: install the chart profile-platform-operator first.",
      { cause: error },
    );
  }
}
