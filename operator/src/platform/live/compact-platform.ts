import { Interner } from "../../engine/cache/interner.ts";
import type { KubernetesObject } from "../../kubernetes.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Makes ProfilePlatforms small in memory, without leaving anything out: most of what their specs ask for is the default
 * of every one, and their statuses say the same sentences.
 */
export function makeCompactPlatform(): (platform: KubernetesObject) => KubernetesObject {
  const interner = new Interner();
  const shared = (value: unknown): unknown => (typeof value === "object" ? interner.value(value) : value);
  // Each has times of its own, so that whole ones are hardly ever equal.
  const condition = (value: unknown): unknown => mapFields(value, (field) => interner.text(textOf(field)) ?? field);
  const parts: Readonly<Record<string, (value: unknown) => unknown>> = {
    conditions: (value) => (Array.isArray(value) ? value.map(condition) : value),
    components: (value) => (Array.isArray(value) ? value.map(shared) : value),
  };
  return (platform) => ({
    ...platform,
    ...mapFields({ spec: platform["spec"] }, (spec) => mapFields(spec, shared)),
    ...mapFields({ status: platform["status"] }, (status) =>
      mapFields(status, (value, field) => parts[field]?.(value) ?? value),
    ),
  });
}

/** Fields that are undefined are left out. */
function mapFields<T>(value: T, map: (value: unknown, field: string) => unknown): T {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value as Fields).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.map(([field, part]) => [field, map(part, field)])) as T;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
