import { describe, expect, test } from "vitest";
import { problemsOf, RESOURCE } from "./testing.ts";

/** A Spec with one property whose comment and declaration are given: its tag stands on line 5, the property on 7. */
function spec(tag: string, property: string): string {
  return `/** Wanted. */
export interface Spec {
  /**
   * It.
   * ${tag}
   */
  ${property};
}
${RESOURCE}`;
}

/** A pattern for the whole of a text. */
function exactly(message: string | RegExp): RegExp {
  return typeof message === "string" ? new RegExp(`^${message.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")}$`) : message;
}

describe("tags", () => {
  test.each([
    ["@minimun 1", "n?: number", /^types\.ts:5:6: @minimun is unknown: known are @minimum, /],
    ["@minimum 1", "s?: string", "types.ts:5:6: @minimum stands on a string, but means something only on an integer"],
    [
      "@maxLength 1",
      "n?: number",
      "types.ts:5:6: @maxLength stands on an integer, but means something only on a string",
    ],
    [
      "@maxItems 1",
      "m?: Record<string, string>",
      "types.ts:5:6: @maxItems stands on a map, but means something only on an array",
    ],
    [
      "@maxProperties 1",
      "l?: string[]",
      "types.ts:5:6: @maxProperties stands on an array, but means something only on a map",
    ],
    ["@minimum one", "n?: number", "types.ts:5:6: @minimum needs a whole number"],
    ["@maxLength -1", "s?: string", "types.ts:5:6: @maxLength needs a whole number, 0 or above"],
    ["@pattern [", "s?: string", /^types\.ts:5:6: @pattern is not a regular expression: /],
    ["@pattern", "s?: string", "types.ts:5:6: @pattern needs a regular expression"],
    ["@format int64", "s?: string", "types.ts:5:6: @format int64 is no format of a string"],
    ["@format date-time", "n?: number", "types.ts:5:6: @format date-time is no format of an integer"],
    ["@format tiny", "n?: number", /^types\.ts:5:6: @format needs one of date-time, /],
    ["@listType bag", "l?: string[]", "types.ts:5:6: @listType needs one of atomic, set, map"],
    [
      "@listType map",
      "l?: string[]",
      "types.ts:7:3: @listType map needs @listMapKey with the property that tells the items apart",
    ],
    ["@listMapKey a", "l?: string[]", /types\.ts:7:3: @listMapKey needs @listType map/],
    ["@default {oops}", "s?: string", /^types\.ts:5:6: @default is not valid JSON \(.*\): strings need double quotes$/],
    ["@default", "s?: string", 'types.ts:5:6: @default needs a value in JSON, such as 3, "text" or {}'],
    [
      "@default 3",
      "s: string",
      "types.ts:5:6: @default violates the schema at its top: must be text (in quotes), not 3",
    ],
    [
      '@default "c"',
      's: "a" | "b"',
      'types.ts:5:6: @default violates the schema at its top: must be one of "a", "b", and is "c"',
    ],
    [
      '@resource {"group": "x"}',
      "s?: string",
      "types.ts:5:6: @resource stands on property s, but means something only on the type with @resource",
    ],
  ])("%s on %s", (tag, property, message) => {
    const problems = problemsOf(spec(tag, property));
    expect(problems[0]).toMatch(exactly(message));
  });

  test("one that stands twice", () => {
    expect(problemsOf(spec("@minimum 1\n   * @minimum 2", "n?: number"))).toEqual([
      "types.ts:6:6: @minimum stands here twice: keep one",
    ]);
  });

  test("a misplaced one on a type that the resource does not even use", () => {
    const text = `${spec("", "s?: string")}
/** Unused.
 * @requiredByRule
 */
export interface Unused {}
`;
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(
        /^types\.ts:21:4: @requiredByRule stands on type Unused, but means something only on a property$/,
      ),
    ]);
  });
});

describe("rules", () => {
  test.each([
    ["[]", 'needs an object such as {"rule": "self <= 5", "message": "must not be above 5"}'],
    [
      '{"rul": "x"}',
      'has no key "rul": known are rule, message, messageExpression, reason, fieldPath, optionalOldSelf',
    ],
    ['{"message": "m"}', 'needs "rule", an expression in CEL'],
    ['{"rule": "self"}', 'needs "message", a sentence that names the cure'],
    ['{"rule": 1, "message": "m"}', 'needs text for "rule"'],
    ['{"rule": "a", "message": "m", "optionalOldSelf": "yes"}', 'needs true or false for "optionalOldSelf"'],
    ['{"rule": "a", "message": "m\\nn"}', 'has a line break in "message", which the API server refuses'],
    [
      '{"rule": "a", "message": "m", "reason": "Because"}',
      'needs one of FieldValueInvalid, FieldValueForbidden, FieldValueRequired, FieldValueDuplicate for "reason"',
    ],
  ])("%s", (json, message) => {
    expect(problemsOf(spec(`@XValidation ${json}`, "s?: string"))).toEqual([`types.ts:5:6: @XValidation ${message}`]);
  });
});

describe("types", () => {
  test.each([
    ["a?: any", "types.ts:7:7: any has no form in a structural schema"],
    ["a?: unknown", "types.ts:7:7: unknown has no form in a structural schema"],
    ["a?: () => void", "types.ts:7:7: () => void has no form in a structural schema"],
    ["a?: [string, number]", "types.ts:7:7: [string, number] has no form in a structural schema"],
    ["a?: { b: string }", "types.ts:7:7: { b: string } has no form in a structural schema"],
    ["a?: Date", "types.ts:7:7: Date is not declared beside the other types: declare it there"],
    [
      "a?: Map<string, string>",
      "types.ts:7:7: Map<string, string> is generic: only Record<string, …> and arrays are understood",
    ],
    [
      "a?: string | number",
      "types.ts:7:7: string | number is a union of more than literals: a structural schema gives a value one type",
    ],
    [
      "a?: Spec | Widget",
      "types.ts:7:7: Spec | Widget is a union of more than literals: a structural schema gives a value one type",
    ],
    ['a?: "1" | 2', 'types.ts:7:7: "1" | 2 mixes strings and numbers: a structural schema gives a value one type'],
    [
      "a?: string | null",
      "types.ts:7:7: string | null is a union of more than literals: a structural schema gives a value one type",
    ],
    ["a?: Spec", "types.ts:7:7: Spec contains itself (Spec → Spec), which no structural schema can express"],
    ["a?: Spec[]", "types.ts:7:7: Spec contains itself (Spec → Spec), which no structural schema can express"],
    ["a", "types.ts:7:3: it has no type: give one"],
    ["[key: string]: string", /^types\.ts:7:3: Spec has a member that is no property/],
    ["a(): void", /^types\.ts:7:3: Spec has a member that is no property/],
  ])("%s", (property, message) => {
    const problems = problemsOf(spec("", property));
    expect(problems).toEqual([expect.stringMatching(exactly(message))]);
  });

  test.each([
    ["export interface Spec<T> {}", "types.ts:1:23: Spec has type parameters: write one type for each use"],
    ["export interface Spec extends Widget {}", "types.ts:1:31: Spec extends another type: write its properties out"],
    [
      "export interface Spec {}; export type Spec = string;",
      "types.ts:1:39: Spec is already declared in types.ts:1: rename one of them",
    ],
    ["export interface Spec { a?: ; }", expect.stringMatching(/^types\.ts:1:\d+: not valid TypeScript: Type expected/)],
  ])("%s", (text, message) => {
    expect(problemsOf(`${text}${RESOURCE}`)).toContainEqual(message);
  });
});

describe("the resource", () => {
  const broken = (tags: string) =>
    problemsOf(`/** W.
 * ${tags}
 */
export interface Widget {
  /** What is wanted. */
  spec?: string;
}`);
  const names = '@resource {"group": "g", "version": "v1", "plural": "ws", "singular": "w", "scope": "Cluster"}';

  test.each([
    ["@subresource status", /^types\.ts:4:18: no type has @resource: put it on each type that is a custom resource$/],
    ["@resource {}", /^types\.ts:2:4: @resource needs text for "group"$/],
    ["@resource", /^types\.ts:2:4: @resource needs a value in JSON/],
    [
      `${names}\n * @subresource logs`,
      /^types\.ts:3:4: @subresource knows only status; scale has its own tag, @scale$/,
    ],
    [
      `${names}\n * @scale {"specReplicasPath": ".spec"}`,
      /^types\.ts:3:4: @scale needs text for "statusReplicasPath"$/,
    ],
    [
      `${names}\n * @scale {"specReplicasPath": ".spec", "statusReplicasPath": ".status.n"}`,
      /^types\.ts:\d+:18: @scale: \.status\.n names no field of Widget$/,
    ],
    [
      `${names}\n * @printcolumn {"name": "A", "type": "string", "path": ".a"}`,
      /^types\.ts:3:4: @printcolumn has no key "path"/,
    ],
    [
      `${names}\n * @printcolumn {"name": "A", "type": "text", "jsonPath": ".a"}`,
      /@printcolumn A needs one of string, /,
    ],
  ])("%s", (tags, message) => {
    expect(broken(tags)).toContainEqual(expect.stringMatching(message));
  });

  test("has a plural of its own", () => {
    expect(
      problemsOf(`${RESOURCE}${RESOURCE.replace("interface Widget", "interface Gadget")}export interface Spec {}`),
    ).toContainEqual(
      expect.stringMatching(/^types\.ts:17:18: Gadget has the plural of Widget, "widgets": give it one of its own$/),
    );
  });
});

test("all problems are found in one run, in the order of the file", () => {
  const text = spec("@oops", "a: any").replace("  /**\n   * It.\n", "  b: string;\n  /**\n   * It.\n");
  expect(problemsOf(text)).toEqual([
    "types.ts:3:3: b has no description: say in /** … */ what it means",
    expect.stringMatching(/^types\.ts:6:6: @oops is unknown/),
    "types.ts:8:6: any has no form in a structural schema",
  ]);
});
