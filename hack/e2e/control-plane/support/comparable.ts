import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { type ManagedFields, managedFieldsOf } from "../../support/managed-fields.ts";
import type { PlatformState } from "./state.ts";

const OPERATOR = /^profile-platform-operator/;
/** Their values differ from platform to platform, and have to agree within one. */
const MARKS = ["content-id", "config-hash", "spec-hash"].map((name) => `profileplatform.io/${name}`);
/** Kept by Kubernetes' own controllers, and counting what they have done. */
const FOREIGN_ANNOTATIONS = /^(deployment\.kubernetes\.io|pv\.kubernetes\.io|volume\.)/;
/** Names that are derived from something random. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/\bmigrations-[0-9a-f]{10}\b/g, "migrations-<hash>"],
  [/\bserver-signing-key-[0-9a-z]{10}\b/g, "server-signing-key-<id>"],
];
const JWKS = "jwks.json";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Everything of a platform in a form in which two platforms that were made from the same spec are equal, by the object's
 * key: whole objects with who manages which field, without what is another each time (uids, versions, times, numbers
 * that the cluster assigns). Random values are replaced by the place where each was first seen, so that copies that agree
 * in one platform agree in the form as well, and no value of a Secret is in it.
 */
export function comparable({ platform, objects }: PlatformState): Readonly<Record<string, unknown>> {
  const owner = objects.find(({ kind }) => kind === "ProfilePlatform");
  const sorted = objects
    .map((object) => ({
      object,
      key: withoutNames(keyOf(object)).replaceAll(platform, "<platform>"),
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const names = new Map<string, string>();
  for (const { object, key } of sorted) {
    for (const [place, value] of randomValues(object)) {
      if (!names.has(value)) names.set(value, `<${place} of ${key}>`);
    }
  }
  for (const { object, key } of sorted) {
    if (object.metadata.uid !== undefined) names.set(object.metadata.uid, `<uid of ${key}>`);
  }
  names.set(platform, "<platform>");
  // No value has a character that means something in a pattern: base64, hashes, uids and names.
  const pattern = new RegExp([...names.keys()].map((value) => value.replaceAll("+", "\\+")).join("|"), "g");
  const anonymous = (text: string): string => withoutNames(text.replace(pattern, (value) => names.get(value) ?? value));
  return Object.fromEntries(
    sorted.map(({ object, key }) => [
      key,
      JSON.parse(anonymous(JSON.stringify(essence(object, owner?.metadata.generation)))) as unknown,
    ]),
  );
}

function keyOf({ kind, metadata: { namespace, name } }: KubernetesObject): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** What is random or derived from something random, by its place in the object. */
function randomValues(object: KubernetesObject): readonly (readonly [string, string])[] {
  const template = (object["spec"] as { template?: { metadata?: KubernetesObject["metadata"] } } | undefined)?.template;
  const marks = [object.metadata, template?.metadata].flatMap((metadata) =>
    MARKS.flatMap((mark) => {
      const value = metadata?.annotations?.[mark];
      return value === undefined ? [] : [[mark, value] as const];
    }),
  );
  const data = object.kind === "Secret" ? Object.entries((object["data"] ?? {}) as Record<string, string>) : [];
  return [...data, ...publicKeys(object), ...marks];
}

function publicKeys(object: KubernetesObject): readonly (readonly [string, string])[] {
  const text = object.kind === "ConfigMap" ? (object["data"] as Record<string, string> | undefined)?.[JWKS] : undefined;
  const { keys } = JSON.parse(text ?? '{"keys":[]}') as { keys: readonly Record<"kid" | "x" | "y", string>[] };
  return keys.flatMap(({ kid, x, y }) => [["kid", kid] as const, ["x", x] as const, ["y", y] as const]);
}

function withoutNames(text: string): string {
  return NAMES.reduce((left, [pattern, name]) => left.replaceAll(pattern, name), text);
}

function essence(object: KubernetesObject, generation: number | undefined): unknown {
  const { status, metadata, ...rest } = object;
  const { managedFields: _managers, ...known } = metadata as typeof metadata & { managedFields?: unknown };
  const { uid: _uid, resourceVersion: _version, creationTimestamp: _time, generation: _generation, ...kept } = known;
  const annotations = Object.entries(kept.annotations ?? {}).filter(([key]) => !FOREIGN_ANNOTATIONS.test(key));
  return {
    ...rest,
    ...(object.kind === "Service" ? { spec: withoutAssigned(rest["spec"] as Fields) } : {}),
    ...(object.kind === "ProfilePlatform" ? { status: platformStatus(status as Fields | undefined, generation) } : {}),
    metadata: { ...kept, annotations: Object.fromEntries(annotations) },
    managers: managedFieldsOf(object)
      .filter(({ manager }) => OPERATOR.test(manager))
      .map(({ time: _at, ...fields }) => fields)
      .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)),
  };
}

function nameOf({ manager, operation, subresource = "" }: ManagedFields): string {
  return `${manager} ${operation} ${subresource}`;
}

function withoutAssigned(spec: Fields): Fields {
  const { clusterIP, clusterIPs: _ips, ports, ...rest } = spec;
  const kept = ((ports ?? []) as readonly Fields[]).map(({ nodePort, ...port }) => ({
    ...port,
    ...(nodePort === undefined ? {} : { nodePort: "<assigned>" }),
  }));
  return { ...rest, ports: kept, clusterIP: clusterIP === "None" ? clusterIP : "<assigned>" };
}

/** Whether it speaks of the newest spec matters, not how many there were before. */
function platformStatus(status: Fields | undefined, generation: number | undefined): unknown {
  const current = (fields: Fields): Fields =>
    Object.fromEntries(
      Object.entries(fields).map(([key, value]) => [key, /generation$/i.test(key) ? value === generation : value]),
    );
  const conditions = ((status?.["conditions"] ?? []) as readonly Fields[]).map(
    ({ lastTransitionTime: _since, ...condition }) => current(condition),
  );
  return { ...current(status ?? {}), conditions };
}
