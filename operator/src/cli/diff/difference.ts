import { contentOf, differingPaths } from "../../engine/cache/content.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { ANNOTATION_SPEC_HASH } from "../../labels.ts";
import type { Paint } from "../paint.ts";
import { REDACTED } from "../redact.ts";

/** What would happen to one object. */
export type Difference =
  | { readonly change: "created"; readonly object: string }
  | { readonly change: "changed"; readonly object: string; readonly fields: readonly FieldChange[] }
  | { readonly change: "removed"; readonly object: string }
  /** It cannot be applied; `message` says why and what to do. */
  | { readonly change: "refused"; readonly object: string; readonly message: string };

export interface FieldChange {
  readonly path: string;
  /** Compact JSON; undefined where the field is not there. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

const SPEC_HASH_PATH = `metadata.annotations["${ANNOTATION_SPEC_HASH}"]`;
const MAX_SHOWN = 120;

/** The fields that applying `after` would change in `before`; empty when there are none. Values of Secrets are hidden. */
export function fieldChanges(before: KubernetesObject, after: KubernetesObject): readonly FieldChange[] {
  const [from, to] = [contentOf(before), contentOf(after)];
  const paths = differingPaths(from, to);
  // The hash sums up the other fields: alone it tells that the operator's own idea of the object changed.
  const shown = paths.length > 1 ? paths.filter((path) => path !== SPEC_HASH_PATH) : paths;
  return shown.flatMap((path): readonly FieldChange[] => {
    const [was, becomes] = [valueAt(from, path), valueAt(to, path)];
    if (after.kind === "Secret" && /^(data|stringData)\b/.test(path)) {
      return [
        { path, from: was === undefined ? undefined : REDACTED, to: becomes === undefined ? undefined : REDACTED },
      ];
    }
    return isText(was) && isText(becomes)
      ? lineChanges(path, was, becomes)
      : [{ path, from: show(was), to: show(becomes) }];
  });
}

/** A file in a ConfigMap, say: of several lines. */
function isText(value: unknown): value is string {
  return typeof value === "string" && value.includes("\n");
}

/** Lines that only one of two texts has. Lines that merely moved are told as one change of the whole. */
function lineChanges(path: string, from: string, to: string): readonly FieldChange[] {
  const [before, after] = [from.split("\n"), to.split("\n")];
  const gone = before.filter((line) => !after.includes(line));
  const come = after.filter((line) => !before.includes(line));
  if (gone.length + come.length === 0) return [{ path, from: "(the same lines)", to: "(in another order)" }];
  return [
    ...gone.map((line) => ({ path, from: show(line), to: undefined })),
    ...come.map((line) => ({ path, from: undefined, to: show(line) })),
  ];
}

function show(value: unknown): string | undefined {
  return value === undefined ? undefined : shorten(JSON.stringify(value));
}

function shorten(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN - 1)}…`;
}

/** Value under a path as `differingPaths` writes it. */
export function valueAt(value: unknown, path: string): unknown {
  const steps = [...path.matchAll(/\["([^"]*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(([, quoted, index, plain]) =>
    String(quoted ?? index ?? plain),
  );
  return steps.reduce<unknown>(
    (current, step) =>
      typeof current === "object" && current !== null && Object.hasOwn(current, step)
        ? (current as Readonly<Record<string, unknown>>)[step]
        : undefined,
    value,
  );
}

/** Lines for people, without an end of line at the end. */
export function describeDifference(difference: Difference, paint: Paint): string {
  const { change, object } = difference;
  if (change === "created") return paint.good(`+ ${object}`);
  if (change === "removed") return paint.bad(`- ${object}`);
  if (change === "refused") return `${paint.bad(`! ${object}`)}\n    ${difference.message}`;
  const fields = difference.fields.map(({ path, from, to }) => `    ${path}: ${from ?? "(none)"} → ${to ?? "(none)"}`);
  return [paint.waiting(`~ ${object}`), ...fields].join("\n");
}
