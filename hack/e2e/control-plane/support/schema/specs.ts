import { applyDefaults, findDefects } from "@profile-platform/operator/schema";
import { ENTRY, type Field, fieldAt, fieldsOf, specSchema } from "./fields.ts";

export type Spec = Readonly<Record<string, unknown>>;

/** What stands under the entries of a map, where rules decide on names. */
const ENTRIES: Readonly<Record<string, { readonly name: string; readonly value: unknown }>> = {
  "spec.postgresql.parameters": { name: "work_mem", value: "8MB" },
  "spec.observability.tracing.resourceAttributes": { name: "deployment.environment.name", value: "production" },
};

/** Of texts that are addresses, or lists of them. */
const FIRST_URL = "https://first.example.com";

/** What must be set beside a field, where rules tie fields together. */
const BESIDE: Readonly<Record<string, Spec>> = {
  "spec.server.exposure.nodePort": { server: { exposure: { type: "NodePort" } } },
  "spec.server.images.s3": {
    server: {
      images: {
        s3: { bucket: "images", endpoint: "https://s3.example.com", credentialsSecret: "s3-credentials" },
      },
    },
  },
  "spec.auth.oidc": { auth: { oidc: { issuerURL: "https://id.example.com/realms/main", caConfigMap: "company-ca" } } },
  "spec.postgresql.backup": {
    postgresql: {
      backup: { retention: { full: 3 }, repository: { volume: { size: "20Gi", storageClassName: "first" } } },
    },
  },
  "spec.observability.tracing": {
    observability: {
      tracing: {
        endpoint: "http://otel-collector.observability-layer.svc.cluster.local:4318",
        headersSecret: "otlp-headers",
        sampling: { ratePerMillion: 100_000, parentBased: false },
        resourceAttributes: { "deployment.environment.name": "production" },
      },
    },
  },
};

/** A platform in which nothing is said that could be left out, but for the namespaces it has to itself. */
export function plainSpec(prefix: string): Spec {
  return { namespacePrefix: prefix };
}

/** A platform in which everything is there that could be left out. */
export function fullSpec(prefix: string, fields: readonly Field[] = fieldsOf()): Spec {
  checkTables(fields);
  const plain = plainSpec(prefix);
  const full = fields
    .filter(({ optional, inOptional }) => optional && !inOptional)
    .reduce((spec, field) => mergePatch(spec, presence(field)) as Spec, plain);
  return fields
    .filter(({ asked, steps }) => asked && valueAt({ steps: steps.slice(0, -1) }, full) !== undefined)
    .reduce((spec, field) => mergePatch(patchOf(field, valueAt(field, stored(plain))), spec) as Spec, full);
}

/** The merge patch of a spec that gives an optional field a first value, with what must stand beside it. */
export function presence(field: Field): Spec {
  return mergePatch(BESIDE[field.path] ?? {}, patchOf(field, firstValue(field))) as Spec;
}

/** The merge patch of a spec that sets one field, with what must stand beside the blocks that it is in. */
export function patchWithBlocks(field: Field, value: unknown): Spec {
  const blocks = Object.keys(BESIDE).filter((path) => field.path.startsWith(`${path}.`));
  return mergePatch(
    blocks.reduce((spec, path) => mergePatch(spec, BESIDE[path]) as Spec, {}),
    patchOf(field, value),
  ) as Spec;
}

/** The merge patch of a spec that takes a field away again, with what had to stand beside it. */
export function absence(field: Field): Spec {
  return combine(nulled(BESIDE[field.path] ?? {}), patchOf(field, null)) as Spec;
}

/** The merge patch of a spec that sets one field. */
export function patchOf({ steps }: Pick<Field, "steps">, value: unknown): Spec {
  return concrete(steps)
    .slice(1)
    .reduceRight<unknown>((inner, step) => ({ [step]: inner }), value) as Spec;
}

/** The value of a field in a spec; undefined where it is absent. */
export function valueAt({ steps }: Pick<Field, "steps">, spec: Spec): unknown {
  return concrete(steps)
    .slice(1)
    .reduce<unknown>((value, step) => (value as Spec | undefined)?.[step], spec);
}

/** Path as the API server names it: with the name of an entry in place of a star. */
export function namedPath({ steps }: Field): string {
  return concrete(steps).join(".");
}

/** A spec as the API server keeps it. */
export function stored(spec: Spec): Spec {
  return applyDefaults(specSchema(), spec) as Spec;
}

/** What the API server would say of a new platform; nothing when it would take it. */
export function defects(spec: Spec): readonly string[] {
  return findDefects(specSchema(), stored(spec), "spec").map(({ path, message }) => `${path} ${message}`);
}

/** RFC 7386. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

function firstValue(field: Field): unknown {
  const { path, schema } = field;
  if (schema.additionalProperties !== undefined) {
    const entry = ENTRIES[path];
    if (entry === undefined) throw new Error(`no entry of ${path} is known: add one to ENTRIES`);
    return { [entry.name]: entry.value };
  }
  switch (schema.type) {
    case "object":
      return {};
    case "integer":
      return schema.minimum ?? 1;
    case "boolean":
      return true;
    case "string": {
      const usual = mergePatch(stored({}), BESIDE[path] ?? {});
      const isValid = (value: unknown) => defects(mergePatch(usual, patchOf(field, value)) as Spec).length === 0;
      return schema.enum?.[0] ?? ["first", FIRST_URL].find(isValid);
    }
    case "array":
      return [FIRST_URL];
    default:
      throw new Error(`no value of ${path} is known: add one for its type`);
  }
}

function concrete(steps: readonly string[]): readonly string[] {
  return steps.map((step, index) => {
    if (step !== ENTRY) return step;
    const path = steps.slice(0, index).join(".");
    const entry = ENTRIES[path];
    if (entry === undefined) throw new Error(`no entry of ${path} is known: add one to ENTRIES`);
    return entry.name;
  });
}

/** One merge patch that does what two do; unlike the result of applying them, it keeps what they take away. */
function combine(one: unknown, other: unknown): unknown {
  if (!isObject(one) || !isObject(other)) return other;
  const entries = Object.entries(other).map(([name, value]) => [name, combine(one[name], value)] as const);
  return { ...one, ...Object.fromEntries(entries) };
}

/** A merge patch that takes away each single value that another one set. */
function nulled(patch: unknown): unknown {
  if (!isObject(patch)) return null;
  return Object.fromEntries(Object.entries(patch).map(([name, value]) => [name, nulled(value)]));
}

function checkTables(fields: readonly Field[]): void {
  for (const path of [...Object.keys(ENTRIES), ...Object.keys(BESIDE)]) fieldAt(path, fields);
}

function isObject(value: unknown): value is Spec {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
