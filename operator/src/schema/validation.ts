import type { StructuralSchema } from "@profile-platform/crds/crd";
import { isObject } from "./defaulting.ts";
import type { Defect } from "./defect.ts";
import { ruleDefects } from "./rules.ts";
import { structureDefects } from "./structure.ts";

/**
 * Everything that the API server would refuse in a new value, defaults already filled in. As there, rules are looked
 * at only when the structure holds, because they take it for granted.
 */
export function findDefects(schema: StructuralSchema, value: unknown, path = ""): readonly Defect[] {
  const defects = structureDefects(schema, value, path);
  return defects.length > 0 ? defects : ruleDefects(schema, value, path);
}

/**
 * The same for a whole manifest, by the schema of its definition. Of metadata, the definition knows the name alone;
 * the rest of it is the API server's.
 */
export function findManifestDefects(schema: StructuralSchema, manifest: unknown): readonly Defect[] {
  if (!isObject(manifest) || !isObject(manifest["metadata"])) return findDefects(schema, manifest);
  return findDefects(schema, { ...manifest, metadata: { name: manifest["metadata"]["name"] } });
}
