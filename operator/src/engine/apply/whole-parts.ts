import type { KubernetesObject } from "../../kubernetes.ts";
import { differingPaths } from "../cache/content.ts";
import { isSetByOthers } from "./managed-fields.ts";

/** Parts of objects that are one manager's alone: JSON pointers through fields, by kind. */
export type WholeParts = Readonly<Record<string, readonly string[]>>;

/** One operation of a JSON patch (RFC 6902). */
export interface PatchOperation {
  readonly op: "test" | "replace" | "remove";
  readonly path: string;
  readonly value?: unknown;
}

/**
 * What brings the parts that others have set something in to what is wanted and nothing more; `answer` is the answer to
 * an apply, with managedFields. What is not wanted explicitly gets the API server's default again. Empty when nobody
 * else set anything there: then there is nothing to send.
 */
export function removeAdditions(
  wanted: KubernetesObject,
  answer: KubernetesObject,
  manager: string,
  parts: readonly string[],
): readonly PatchOperation[] {
  const operations = parts.flatMap((path): readonly PatchOperation[] => {
    const steps = path.slice(1).split("/");
    if (partOf(answer, steps) === undefined || !isSetByOthers(answer, manager, steps)) return [];
    const value = partOf(wanted, steps);
    return [value === undefined ? { op: "remove", path } : { op: "replace", path, value }];
  });
  const uid: PatchOperation = { op: "test", path: "/metadata/uid", value: answer.metadata.uid };
  return operations.length === 0 ? [] : [uid, ...operations];
}

/** Whether two states of an object are equal outside of some parts. */
export function differOnlyIn(a: unknown, b: unknown, parts: readonly string[]): boolean {
  const names = parts.map((part) => part.slice(1).replaceAll("/", "."));
  return differingPaths(a, b).every((path) =>
    names.some((name) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`)),
  );
}

function partOf(object: KubernetesObject, steps: readonly string[]): unknown {
  return steps.reduce<unknown>((part, step) => (part as Readonly<Record<string, unknown>> | undefined)?.[step], object);
}
