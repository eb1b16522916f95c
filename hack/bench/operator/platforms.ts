import type { ProfilePlatform } from "@profile-platform/crds";
import type { ApiClient } from "@profile-platform/operator/engine/client/api-client";
import { resourcePath } from "@profile-platform/operator/engine/client/resource-type";
import { concurrently } from "@profile-platform/operator/engine/kit/concurrently";
import { PLATFORM_TYPE } from "@profile-platform/operator/kinds";

/** The field of the spec that a benchmark changes: it stands in one ConfigMap, whose readers then start anew. */
export const VARIANT_PATH = ["postgresql", "parameters", "work_mem"] as const;
export const VARIANTS = ["4MB", "8MB"] as const;
export type Variant = (typeof VARIANTS)[number];

/** So that the API server, not the one who asks, decides how fast it goes. */
const REQUESTS_AT_ONCE = 16;

export function platformNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `bench-${String(i).padStart(4, "0")}`);
}

/** A platform with nothing but defaults, in namespaces of its own. */
export function platform(name: string, variant: Variant): unknown {
  return {
    apiVersion: `${PLATFORM_TYPE.group}/${PLATFORM_TYPE.version}`,
    kind: PLATFORM_TYPE.kind,
    metadata: { name },
    spec: { namespacePrefix: `${name}-`, ...variantSpec(variant) },
  };
}

/** Creates platforms as fast as the API server takes them; returns the generation of each. */
export function createPlatforms(
  client: ApiClient,
  names: readonly string[],
  variant: Variant,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const path = resourcePath(PLATFORM_TYPE, {});
  return ofEach(names, signal, (name) =>
    client.request<ProfilePlatform>({ method: "POST", path, body: platform(name, variant), signal }),
  );
}

/** Changes the spec of platforms as fast as the API server takes it; returns the new generation of each. */
export function changePlatforms(
  client: ApiClient,
  names: readonly string[],
  variant: Variant,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  return ofEach(names, signal, (name) =>
    client.request<ProfilePlatform>({
      method: "PATCH",
      path: resourcePath(PLATFORM_TYPE, { name }),
      contentType: "application/merge-patch+json",
      body: { spec: variantSpec(variant) },
      signal,
    }),
  );
}

async function ofEach(
  names: readonly string[],
  signal: AbortSignal,
  send: (name: string) => Promise<ProfilePlatform>,
): Promise<ReadonlyMap<string, number>> {
  const generations = new Map<string, number>();
  const action = async (name: string) => {
    generations.set(name, (await send(name)).metadata.generation ?? 0);
  };
  await concurrently(names, REQUESTS_AT_ONCE, () => [], action, signal);
  return generations;
}

function variantSpec(variant: Variant): Readonly<Record<string, unknown>> {
  return VARIANT_PATH.reduceRight<unknown>((value, field) => ({ [field]: value }), variant) as Record<string, unknown>;
}
