import type { ProfilePlatform } from "@profile-platform/crds";
import type { ApiClient } from "../../engine/client/api-client.ts";
import { ApiError, isNotFound } from "../../engine/client/api-error.ts";
import { objectPath } from "../../engine/client/resource-type.ts";
import { UsageError } from "../../errors.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { PLATFORM_TYPE } from "../../platform/live/kinds.ts";
import { type Difference, fieldChanges } from "./difference.ts";

export interface ComparedPlatform {
  /** As it would be after applying the manifest; with the uid of the live one, where there is one. */
  readonly platform: ProfilePlatform;
  readonly difference: Difference | undefined;
}

/**
 * The ProfilePlatform itself, as the API server would take the manifest: with defaults, and judged by every rule.
 *
 * @throws UsageError with the fields and cures when the API server refuses it.
 */
export async function comparePlatform(client: ApiClient, manifest: ProfilePlatform): Promise<ComparedPlatform> {
  const object = `${manifest.kind} ${manifest.metadata.name}`;
  const live = await readLive(client, manifest);
  const after = await dryRun(client, manifest, live);
  if (live === undefined) {
    // The uid of a dry run belongs to nothing.
    const { uid: _, ...metadata } = after.metadata;
    return { platform: { ...after, metadata }, difference: { change: "created", object } };
  }
  const fields = fieldChanges(asObject(live), asObject(after));
  return { platform: after, difference: fields.length === 0 ? undefined : { change: "changed", object, fields } };
}

async function readLive(client: ApiClient, manifest: ProfilePlatform): Promise<ProfilePlatform | undefined> {
  try {
    return await client.request<ProfilePlatform>({ method: "GET", path: objectPath(PLATFORM_TYPE, manifest) });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw new Error(`while reading ${manifest.kind} ${manifest.metadata.name}`, { cause: error });
  }
}

async function dryRun(
  client: ApiClient,
  manifest: ProfilePlatform,
  live: ProfilePlatform | undefined,
): Promise<ProfilePlatform> {
  const query = { dryRun: "All", fieldValidation: "Strict" };
  try {
    if (live === undefined) {
      const path = objectPath(PLATFORM_TYPE, manifest).replace(/\/[^/]*$/, "");
      return await client.request<ProfilePlatform>({ method: "POST", path, query, body: manifest });
    }
    // Labels and annotations that others set stay, as they do with kubectl apply.
    const { labels, annotations } = manifest.metadata;
    const metadata = {
      ...live.metadata,
      labels: { ...live.metadata.labels, ...labels },
      annotations: { ...live.metadata.annotations, ...annotations },
    };
    const body = { ...live, metadata, spec: manifest.spec ?? {} };
    const path = objectPath(PLATFORM_TYPE, manifest);
    return await client.request<ProfilePlatform>({ method: "PUT", path, query, body });
  } catch (error) {
    throw explain(error, manifest);
  }
}

function explain(error: unknown, { kind, metadata }: ProfilePlatform): Error {
  if (error instanceof ApiError && error.isNotFound) {
    return new UsageError(
      "This cluster does not know ProfilePlatforms: install the chart profile-platform-operator first.",
    );
  }
  if (error instanceof ApiError && (error.isInvalid || error.status === 400)) {
    const causes = error.details?.causes ?? [];
    const lines = causes.map(({ field, message }) => `  ${field ?? ""}: ${message ?? ""}`);
    const text = lines.length === 0 ? error.message : [`the API server refuses it:`, ...lines].join("\n");
    return new UsageError(`${kind} ${metadata.name}: ${text}`, { cause: error });
  }
  return new Error(`while comparing ${kind} ${metadata.name}`, { cause: error });
}

/** The fields that both types have are the same ones. */
function asObject(platform: ProfilePlatform): KubernetesObject {
  return platform as unknown as KubernetesObject;
}
