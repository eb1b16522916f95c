import type { StructuralSchema } from "@profile-platform/crds/crd";
import { profilePlatformDefinition } from "@profile-platform/crds/crd";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { generate } from "./outputs.ts";

const WIDGET = `
/** How big. */
export interface Size {
  /**
   * Metres | feet.
   *
   * @minimum 1
   * @maximum 9
   */
  height: number;
}
/**
 * Wanted.
 *
 * @XValidation {"rule": "self.mode != 'off' || !has(self.size)", "message": "size needs a mode", "fieldPath": ".size"}
 */
export interface Spec {
  /**
   * Mode.
   *
   * @default "off"
   */
  mode: "on" | "off";
  size?: Size;
}
export interface ObjectMeta {
  /**
   * Its name.
   *
   * @XValidation {"rule": "self.size() < 9", "message": "choose a shorter name"}
   */
  name: string;
}
/** Seen. */
export interface Status {
  /** Pods. */
  replicas?: number;
}
/**
 * A widget.
 *
 * @resource {"group": "example.io", "version": "v1", "plural": "widgets", "singular": "widget", "scope": "Cluster", "shortNames": ["wd"], "categories": ["all"]}
 * @subresource status
 * @scale {"specReplicasPath": ".spec.size.height", "statusReplicasPath": ".status.replicas"}
 * @printcolumn {"name": "Mode", "type": "string", "jsonPath": ".spec.mode"}
 */
export interface Widget {
  apiVersion: "example.io/v1";
  kind: "Widget";
  metadata: ObjectMeta;
  /**
   * What is wanted.
   *
   * @default {}
   */
  spec: Spec;
  /** What is seen. */
  status?: Status;
}
`;

const { outputs, problems } = generate([{ path: "widget.ts", text: WIDGET }]);
const textOf = (path: string): string => outputs.find((output) => output.path === path)?.text ?? "";

test("a resource makes a whole definition", () => {
  expect(problems).toEqual([]);
  expect(parse(textOf("crds/example.io_widgets.yaml"))).toEqual({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.io" },
    spec: {
      group: "example.io",
      names: {
        kind: "Widget",
        listKind: "WidgetList",
        plural: "widgets",
        singular: "widget",
        shortNames: ["wd"],
        categories: ["all"],
      },
      scope: "Cluster",
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          additionalPrinterColumns: [{ name: "Mode", type: "string", jsonPath: ".spec.mode" }],
          subresources: {
            status: {},
            scale: { specReplicasPath: ".spec.size.height", statusReplicasPath: ".status.replicas" },
          },
          schema: {
            openAPIV3Schema: {
              description: "A widget.",
              type: "object",
              properties: {
                apiVersion: expect.objectContaining({ type: "string" }),
                kind: expect.objectContaining({ type: "string" }),
                metadata: {
                  type: "object",
                  properties: {
                    name: {
                      description: "Its name.",
                      type: "string",
                      "x-kubernetes-validations": [{ rule: "self.size() < 9", message: "choose a shorter name" }],
                    },
                  },
                },
                spec: {
                  description: "What is wanted.",
                  type: "object",
                  default: {},
                  properties: {
                    mode: { description: "Mode.", type: "string", enum: ["on", "off"], default: "off" },
                    size: {
                      description: "How big.",
                      type: "object",
                      required: ["height"],
                      properties: {
                        height: {
                          description: "Metres | feet.",
                          type: "integer",
                          format: "int32",
                          minimum: 1,
                          maximum: 9,
                        },
                      },
                    },
                  },
                  "x-kubernetes-validations": [
                    {
                      rule: "self.mode != 'off' || !has(self.size)",
                      message: "size needs a mode",
                      fieldPath: ".size",
                    },
                  ],
                },
                status: {
                  description: "What is seen.",
                  type: "object",
                  properties: { replicas: { description: "Pods.", type: "integer", format: "int32" } },
                },
              },
            },
          },
        },
      ],
    },
  });
});

test("each of two resources has a manifest and a constant, and the reference begins with both", () => {
  const gadget = WIDGET.slice(WIDGET.indexOf("/**\n * A widget."))
    .replaceAll("Widget", "Gadget")
    .replaceAll("widget", "gadget");
  const both = generate([{ path: "widget.ts", text: `${WIDGET}${gadget}` }]);
  expect(both.problems).toEqual([]);
  const text = (path: string) => both.outputs.find((output) => output.path === path)?.text ?? "";
  expect(parse(text("crds/example.io_gadgets.yaml"))).toMatchObject({ spec: { names: { kind: "Gadget" } } });
  expect(text("crds/example.io_widgets.yaml")).toBe(textOf("crds/example.io_widgets.yaml"));
  expect(text("crds/src/v1alpha1/crd.generated.ts").match(/export const \w+/g)).toEqual([
    "export const widgetDefinition",
    "export const gadgetDefinition",
  ]);
  const headings = text("docs/api-reference.md").match(/^## .*/gm);
  expect(headings).toEqual(["## Types", "## Widget", "## Spec", "## Size", "## Status", "## Gadget"]);
});

test("the chart's copy is the same, and the module holds the same", () => {
  const yaml = textOf("crds/example.io_widgets.yaml");
  expect(textOf("charts/profile-platform-operator/crds/example.io_widgets.yaml")).toBe(yaml);
  const literal = /CustomResourceDefinition = (\{.*\});\n$/s.exec(textOf("crds/src/v1alpha1/crd.generated.ts"))?.[1];
  expect(JSON.parse(literal ?? "")).toEqual(parse(yaml));
});

test("words that YAML 1.1 reads as true or false are quoted, because kubectl reads YAML 1.1", () => {
  const yaml = textOf("crds/example.io_widgets.yaml");
  expect(parse(yaml, { version: "1.1" })).toEqual(parse(yaml));
});

test("the reference has a table for each type, in words", () => {
  const reference = textOf("docs/api-reference.md");
  expect(reference).toContain("`apiVersion: example.io/v1`, `kind: Widget`. Cluster-scoped; short names: `wd`.");
  const rows = reference.split("\n").map((line) => line.replaceAll(/ +/g, " "));
  expect(rows).toContain("| `metadata.name` | string | | *required*; choose a shorter name | Its name. |");
  expect(rows).toContain("| `spec` | [Spec](#spec) | `{}` | | What is wanted. |");
  expect(rows).toContain('| `mode` | string | `"off"` | one of `on`, `off` | Mode. |');
  expect(rows).toContain("| `size` | [Size](#size) | | | How big. |");
  expect(rows).toContain("| `height` | integer | | *required*; 1 to 9 | Metres \\| feet. |");
  expect(rows).toContain("- size needs a mode");
  const headings = rows.filter((line) => line.startsWith("## "));
  expect(headings).toEqual(["## Types", "## Widget", "## Spec", "## Size", "## Status"]);
});

describe("the definition of ProfilePlatform", () => {
  const fields = [...fieldsOf(profilePlatformDefinition.spec.versions[0]!.schema.openAPIV3Schema, "")];

  // The API server itself refuses a description of metadata.
  test.each(fields.filter(({ path }) => path !== ".metadata"))("$path has a description", ({ schema }) => {
    expect(schema.description).toMatch(/\.$/);
  });

  test("reaches every block of the spec", () => {
    expect(fields.map(({ path }) => path)).toEqual(
      expect.arrayContaining([".spec.server.probes.liveness.timeoutSeconds", ".status.conditions[].message"]),
    );
  });
});

function* fieldsOf(schema: StructuralSchema, path: string): Generator<{ path: string; schema: StructuralSchema }> {
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    yield { path: `${path}.${name}`, schema: property };
    yield* fieldsOf(property, `${path}.${name}`);
  }
  if (schema.items !== undefined) yield* fieldsOf(schema.items, `${path}[]`);
  if (schema.additionalProperties !== undefined) yield* fieldsOf(schema.additionalProperties, `${path}[]`);
}
