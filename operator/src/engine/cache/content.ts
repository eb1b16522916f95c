import { hash } from "node:crypto";
import type { KubernetesObject } from "../../kubernetes.ts";
import { orderedJson } from "../../ordered-json.ts";

// What the API server and controllers change by themselves, without anything being different to what was asked for.
const IGNORED_METADATA = new Set(["resourceVersion", "generation", "managedFields", "selfLink"]);

/** What of a live object counts: everything but its status and the server's bookkeeping. */
export function contentOf(object: KubernetesObject): Readonly<Record<string, unknown>> {
  const { status: _, metadata, ...rest } = object;
  const kept = Object.entries(metadata).filter(([field]) => !IGNORED_METADATA.has(field));
  return { ...rest, metadata: Object.fromEntries(kept) };
}

/** Digest of a value's JSON, the same for any order of fields. */
export function hashOf(value: unknown): string {
  return digestOf(orderedJson(value) ?? "");
}

/** 22 characters that stand for 128 bits of SHA-256: short, because a cache holds one for every object. */
export function digestOf(text: string): string {
  return hash("sha256", text, "buffer").toString("base64url", 0, 16);
}

/** Whether two JSON values are equal; a field that is undefined is the same as one that is not there. */
export function sameJson(a: unknown, b: unknown): boolean {
  return differingPaths(a, b).length === 0;
}

/**
 * Paths of the fields in which two JSON values differ (`spec.template.spec.containers[0].image`), the topmost where one
 * side lacks a whole branch. Paths only, so that they can be logged for a Secret as well.
 */
export function differingPaths(a: unknown, b: unknown, path = ""): readonly string[] {
  if (Object.is(a, b)) return [];
  if (Array.isArray(a) && Array.isArray(b)) {
    const length = Math.max(a.length, b.length);
    return Array.from({ length }, (_, i) => differingPaths(a[i], b[i], `${path}[${i}]`)).flat();
  }
  if (isRecord(a) && isRecord(b)) {
    const fields = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...fields].flatMap((field) => differingPaths(a[field], b[field], joinPath(path, field)));
  }
  return [path];
}

function joinPath(path: string, field: string): string {
  const step = /^[\w-]+$/.test(field) ? field : `["${field}"]`;
  return path === "" || step.startsWith("[") ? path + step : `${path}.${step}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
