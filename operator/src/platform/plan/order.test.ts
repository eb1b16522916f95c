import { describe, expect, test } from "vitest";
import { idOf, objectId } from "../live/object-id.ts";
import { modelOfSpec } from "../testing.ts";
import { applyOrder, isSigningKey } from "./order.ts";
import { plan } from "./plan.ts";

const model = modelOfSpec();
const objects = plan(model).flatMap((step) => step.objects);
const before = applyOrder(objects);
const [data, server] = [model.namespaces["data-layer"], model.namespaces["server-layer"]];
const find = (kind: string, namespace: string | undefined, name: string) => {
  const found = objects.find((object) => objectId(object) === idOf(kind, namespace, name));
  if (found === undefined) throw new Error(`the plan has no ${idOf(kind, namespace, name)}`);
  return found;
};

describe("applyOrder", () => {
  const namespace = `Namespace ${data}`;
  const rights = objects.map(objectId).find((id) => id.startsWith(`RoleBinding ${data}/`));

  test("a namespace waits for nothing, and the operator's rights only for that", () => {
    expect(before(find("Namespace", undefined, data))).toEqual([]);
    const binding = objects.find((object) => objectId(object) === rights);
    expect(binding && before(binding).map(objectId)).toEqual([namespace]);
  });

  test("a role is bound after it was made, with the operator's rights in effect", () => {
    const role = objects.find(({ kind, metadata }) => kind === "Role" && metadata.namespace === data);
    const binding = objects.find(
      (object) =>
        object.kind === "RoleBinding" &&
        object.metadata.namespace === data &&
        JSON.stringify(object["roleRef"]).includes(`"name":"${role?.metadata.name ?? ""}"`),
    );
    expect(role && binding && before(binding).map(objectId)).toEqual([namespace, rights, role && objectId(role)]);
  });

  test("a copy of a Secret is made after its original, and the original before any copy", () => {
    const copies = objects.filter(
      (object) => object.kind === "Secret" && object.metadata.namespace === server && !isSigningKey(object),
    );
    expect(copies.length).toBeGreaterThan(0);
    for (const copy of copies) {
      const original = find("Secret", data, copy.metadata.name);
      expect(before(copy)).toContain(original);
      expect(before(original).map(objectId)).toEqual([namespace, rights]);
    }
  });

  test("a signing key is made after it was published", () => {
    const keys = objects.filter(isSigningKey);
    expect(keys).toHaveLength(1);
    for (const key of keys) expect(before(key)).toContain(find("ConfigMap", server, "server-jwks"));
  });

  test("nothing waits for what is not among the objects", () => {
    const [configMap] = objects.filter(({ kind }) => kind === "ConfigMap");
    expect(configMap && applyOrder([configMap])(configMap)).toEqual([]);
  });
});
