import { profilePlatformDefinition, type StructuralSchema } from "@profile-platform/crds/crd";
import { describe, expect, test } from "vitest";
import { evaluateRule } from "./cel.ts";
import { applyDefaults, findDefects, findManifestDefects } from "./index.ts";

const schema: StructuralSchema = {
  type: "object",
  properties: {
    least: { type: "integer" },
    most: { type: "integer" },
    size: {
      type: "string",
      "x-kubernetes-validations": [
        { rule: "isQuantity(self) && sign(quantity(self)) > 0", message: "must be an amount above zero" },
        { rule: "self == oldSelf", message: "cannot change" },
      ],
    },
    limits: {
      type: "object",
      properties: { cpu: { type: "string" } },
      "x-kubernetes-validations": [{ rule: "has(self.cpu)", message: "give cpu", fieldPath: ".cpu" }],
    },
    names: {
      type: "object",
      additionalProperties: { type: "string", "x-kubernetes-validations": [{ rule: "self != 'x'", message: "not x" }] },
      "x-kubernetes-validations": [
        {
          rule: "self.all(name, name.matches('^[a-z]+$'))",
          message: "small letters only",
          messageExpression: "self.filter(name, !name.matches('^[a-z]+$'))[0] + ': small letters only'",
        },
      ],
    },
    list: {
      type: "array",
      items: { type: "integer", "x-kubernetes-validations": [{ rule: "self % 2 == 0", message: "must be even" }] },
    },
  },
  "x-kubernetes-validations": [
    { rule: "!has(self.least) || !has(self.most) || self.least <= self.most", message: "least is above most" },
  ],
};

describe("rules", () => {
  test.each<[unknown, readonly { path: string; message: string }[]]>([
    [{ least: 1, most: 2, size: "10Gi", limits: { cpu: "1" }, names: { a: "b" }, list: [2] }, []],
    [{ least: 3, most: 2 }, [{ path: "spec", message: "least is above most" }]],
    [{ size: "-1Gi" }, [{ path: "spec.size", message: "must be an amount above zero" }]],
    [{ size: "1MB" }, [{ path: "spec.size", message: "must be an amount above zero" }]],
    [{ limits: {} }, [{ path: "spec.limits.cpu", message: "give cpu" }]],
    [{ names: { A: "b" } }, [{ path: "spec.names", message: "A: small letters only" }]],
    [{ names: { a: "x" } }, [{ path: "spec.names[a]", message: "not x" }]],
    [{ list: [2, 3] }, [{ path: "spec.list[1]", message: "must be even" }]],
  ])("%j", (value, defects) => {
    expect(findDefects(schema, value, "spec")).toEqual(defects);
  });

  test("are not looked at while the structure is wrong", () => {
    expect(findDefects(schema, { least: "3", most: 2, size: "1MB" }).map(({ path }) => path)).toEqual(["least"]);
  });

  test("that cannot be evaluated refuse, and say why", () => {
    const odd: StructuralSchema = {
      type: "string",
      "x-kubernetes-validations": [{ rule: "self.nothing()", message: "m" }],
    };
    expect(findDefects(odd, "a", "spec")).toEqual([
      { path: "spec", message: expect.stringContaining("cannot be checked against the rule self.nothing()") },
    ]);
  });

  test("compare amounts, not texts", () => {
    const compare = "quantity(self.a).compareTo(quantity(self.b))";
    expect(evaluateRule(compare, { a: "1000m", b: "1" })).toBe(0n);
    expect(evaluateRule(compare, { a: "900Mi", b: "1Gi" })).toBe(-1n);
    expect(evaluateRule(compare, { a: "2", b: "1500m" })).toBe(1n);
  });
});

describe("a whole manifest", () => {
  const root = profilePlatformDefinition.spec.versions[0]!.schema.openAPIV3Schema;
  const manifest = (metadata: unknown): unknown =>
    applyDefaults(root, { apiVersion: "profileplatform.io/v1alpha1", kind: "ProfilePlatform", metadata });

  test("has no defect when nothing but a name is given", () => {
    expect(findManifestDefects(root, manifest({ name: "demo" }))).toEqual([]);
  });

  test("may have labels, annotations and whatever else metadata has", () => {
    expect(findManifestDefects(root, manifest({ name: "demo", labels: { a: "b" }, uid: "1" }))).toEqual([]);
  });

  test("needs a name that fits", () => {
    expect(findManifestDefects(root, manifest({ name: "a".repeat(51) }))).toEqual([
      { path: "metadata.name", message: expect.stringContaining("must not be longer than 50 characters") },
    ]);
    expect(findManifestDefects(root, manifest({})).map(({ path }) => path)).toEqual(["metadata.name"]);
  });
});
