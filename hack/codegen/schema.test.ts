import { expect, test } from "vitest";
import { schemaOf } from "./testing.ts";

test("an interface becomes an object, its optional and defaulted properties are not required", () => {
  const { schema, problems } = schemaOf(`
    /** A thing. */
    export interface Root {
      /** Its name. */
      name: string;
      /**
       * How many.
       *
       * @default 3
       * @minimum 1
       */
      count: number;
      /** Whether. */
      on?: boolean;
      /**
       * A rule demands it.
       *
       * @requiredByRule
       */
      size: string;
    }`);
  expect(problems).toEqual([]);
  expect(schema).toEqual({
    description: "A thing.",
    type: "object",
    required: ["name"],
    properties: {
      name: { description: "Its name.", type: "string" },
      count: { description: "How many.", type: "integer", format: "int32", default: 3, minimum: 1 },
      on: { description: "Whether.", type: "boolean" },
      size: { description: "A rule demands it.", type: "string" },
    },
  });
});

test("literals become an enum of text or of whole numbers", () => {
  const { schema, problems } = schemaOf(`
    /** R. */
    export interface Root {
      /** M. */
      mode?: "on" | "off";
      /** N. */
      instances?: 1 | 3;
      /** O. */
      only?: "this";
    }`);
  expect(problems).toEqual([]);
  expect(schema?.properties).toEqual({
    mode: { description: "M.", type: "string", enum: ["on", "off"] },
    instances: { description: "N.", type: "integer", format: "int32", enum: [1, 3] },
    only: { description: "O.", type: "string", enum: ["this"] },
  });
});

test("lists and maps keep the constraints of what they hold", () => {
  const { schema, problems } = schemaOf(`
    /**
     * Some text.
     *
     * @maxLength 9
     */
    export type Text = string;
    /** One. */
    export interface Item {
      /** Key. */
      key: string;
    }
    /** R. */
    export interface Root {
      /**
       * Items.
       *
       * @listType map
       * @listMapKey key
       * @maxItems 4
       */
      items?: readonly Item[];
      /**
       * Values.
       *
       * @maxProperties 2
       */
      values?: Readonly<Record<string, Text>>;
    }`);
  expect(problems).toEqual([]);
  expect(schema?.properties).toEqual({
    items: {
      description: "Items.",
      type: "array",
      maxItems: 4,
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["key"],
      items: {
        description: "One.",
        type: "object",
        required: ["key"],
        properties: { key: { description: "Key.", type: "string" } },
      },
    },
    values: {
      description: "Values.",
      type: "object",
      maxProperties: 2,
      additionalProperties: { description: "Some text.", type: "string", maxLength: 9 },
    },
  });
});

test("a property adds to the tags of its type: the nearest value wins, rules add up", () => {
  const { schema, problems } = schemaOf(`
    /**
     * Seconds.
     *
     * @minimum 1
     * @maximum 9
     * @XValidation {"rule": "self != 7", "message": "must not be 7"}
     */
    export type Seconds = number;
    /** R. */
    export interface Root {
      /**
       * Until it ends.
       *
       * @maximum 5
       * @format int64
       * @XValidation {"rule": "self == oldSelf", "message": "cannot change", "reason": "FieldValueForbidden"}
       */
      timeout?: Seconds;
      delay?: Seconds;
    }`);
  expect(problems).toEqual([]);
  expect(schema?.properties).toEqual({
    timeout: {
      description: "Until it ends.",
      type: "integer",
      format: "int64",
      minimum: 1,
      maximum: 5,
      "x-kubernetes-validations": [
        { rule: "self != 7", message: "must not be 7" },
        { rule: "self == oldSelf", message: "cannot change", reason: "FieldValueForbidden" },
      ],
    },
    delay: {
      description: "Seconds.",
      type: "integer",
      format: "int32",
      minimum: 1,
      maximum: 9,
      "x-kubernetes-validations": [{ rule: "self != 7", message: "must not be 7" }],
    },
  });
});

test("braces, quotes, at signs and asterisks in a rule survive", () => {
  const { schema, problems } = schemaOf(`
    /** R. */
    export interface Root {
      /**
       * N.
       *
       * @XValidation {"rule": "self.matches('^[a-z]{1,3}@*$') && {'a': 1}.size() > 0", "message": "say \\"it\\" better"}
       */
      name?: string;
    }`);
  expect(problems).toEqual([]);
  expect(schema?.properties?.["name"]?.["x-kubernetes-validations"]).toEqual([
    { rule: "self.matches('^[a-z]{1,3}@*$') && {'a': 1}.size() > 0", message: 'say "it" better' },
  ]);
});

test("the same type may stand in several places, and lends its description where there is none", () => {
  const { schema, problems } = schemaOf(`
    /** A part. */
    export interface Part {
      /** N. */
      n?: number;
    }
    /** R. */
    export interface Root {
      a?: Part;
      /** Many. */
      b?: Part[];
      /** Another. */
      c?: Part;
    }`);
  expect(problems).toEqual([]);
  const part = {
    type: "object",
    properties: { n: { description: "N.", type: "integer", format: "int32" } },
  };
  expect(schema?.properties).toEqual({
    a: { description: "A part.", ...part },
    b: { description: "Many.", type: "array", items: { description: "A part.", ...part } },
    c: { description: "Another.", ...part },
  });
});
