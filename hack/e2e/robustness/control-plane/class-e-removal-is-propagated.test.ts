import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ClassBench, startClassBench, waitSettled } from "../../control-plane/support/class-bench.ts";
import { refusalOf } from "../../control-plane/support/kube-api.ts";
import { ENTRY, type Field, fieldAt, fieldsOf, leavesOf } from "../../control-plane/support/schema/fields.ts";
import { changeRules } from "../../control-plane/support/schema/immutable.ts";
import {
  absence,
  fullSpec,
  mergePatch,
  namedPath,
  patchOf,
  plainSpec,
  presence,
  type Spec,
  stored,
  valueAt,
} from "../../control-plane/support/schema/specs.ts";
import { otherBlock, otherValue } from "../../control-plane/support/schema/values.ts";
import { describeEffects, effects, isHash, snapshot } from "../../control-plane/support/snapshot.ts";

const NAME = "removal";
const SPEC = plainSpec("removal-");
const FULL_NAME = "whole";
const FULL = fullSpec("whole-");

/** Says when something is done later: there is nothing to see of it, as class D tells. */
const LATER = new Set(["spec.auth.embedded.keyRotation"]);

/** Without the passphrase nothing could be read of a repository, whose volume stays as well. */
const KEPT = "postgresql-repository-credentials";

const fields = fieldsOf();
const fixed = new Set(changeRules(fields).map(({ target }) => target.path));
const changeable = leavesOf(fields).filter(({ path }) => !fixed.has(path));

/**
 * What can be set and taken away as a whole. Leaves with a default are class D's: they are set and taken away there.
 * What can never come or go after the platform was made is class F's.
 */
const canGo = fields
  .filter(({ isLeaf, optional, asked }) => !isLeaf || optional || asked)
  .filter((field) => !fixed.has(field.path) && !LATER.has(field.path));
/** What is part of something optional cannot come without the rest of that; an entry can come with its map. */
const isPart = ({ inOptional, steps }: Field): boolean =>
  steps.at(-1) === ENTRY ? fieldAt(steps.slice(0, -1).join("."), fields).inOptional : inOptional;
/** Of a block, something below it has to be changeable, or it is as it was when it is away. */
const matters = ({ isLeaf, steps }: Field): boolean =>
  isLeaf || changeable.some((leaf) => steps.every((step, index) => leaf.steps[index] === step));
const parts = canGo.filter((field) => isPart(field) && matters(field));
const removable = canGo.filter((field) => !isPart(field) && Object.keys(addition(field)).length > 0);

const found = new Map<string, string>();
let bench: ClassBench;

beforeAll(async () => {
  bench = await startClassBench();
  await Promise.all([bench.createReady(NAME, SPEC), bench.createReady(FULL_NAME, FULL)]);
});

afterAll(async () => {
  console.log([...found].map(([path, what]) => `${path.padEnd(48)}  ${what}`).join("\n"));
  console.log(
    `${found.size} of ${removable.length + parts.length} optional fields and blocks were added and taken away`,
  );
  await bench?.stop();
});

describe("what is added and taken away again", () => {
  test.each(removable)("$path leaves nothing behind", async (field) => {
    const { api } = bench;
    const before = await snapshot(api, NAME);

    await api.patchPlatform(NAME, addition(field));
    await waitSettled(api, NAME);
    const added = effects(before, await snapshot(api, NAME));
    expect(
      added.filter((effect) => !isHash(effect)),
      "effects",
    ).not.toEqual([]);

    const refused = await refusalOf(api.patchPlatform(NAME, absence(field)));
    expect(refused?.message ?? "", "the answer").toMatch(field.asked ? missing(field) : /^$/);
    if (field.asked) await api.patchPlatform(NAME, patchOf(field, valueAt(field, stored(SPEC))));
    await waitSettled(api, NAME);
    const left = effects(before, await snapshot(api, NAME));
    expect(
      left.filter(({ object }) => !object.endsWith(`/${KEPT}`)),
      "what is left",
    ).toEqual([]);
    found.set(field.path, refused === undefined ? describeEffects(added) : "refused: cannot be left out");
  });
});

describe("what is part of something optional, taken away and added again", () => {
  test.each(parts)("$path leaves nothing behind", async (field) => {
    const { api } = bench;
    const before = await snapshot(api, FULL_NAME);
    const refused = await refusalOf(api.patchPlatform(FULL_NAME, absence(field)));
    expect(refused?.message ?? "", "the answer").toMatch(field.asked ? missing(field) : /^$/);
    await waitSettled(api, FULL_NAME);
    const gone = effects(before, await snapshot(api, FULL_NAME));
    // What was refused has none.
    expect(gone.filter((effect) => !isHash(effect)).length > 0, "an effect").toBe(!field.asked);
    await api.patchPlatform(FULL_NAME, patchOf(field, valueAt(field, FULL)));
    await waitSettled(api, FULL_NAME);
    expect(effects(before, await snapshot(api, FULL_NAME)), "what is left").toEqual([]);
    found.set(field.path, field.asked ? "refused: cannot be left out" : describeEffects(gone));
  });
});

/** Sets a field, and everything below it to something that is not the default. */
function addition(field: Field): Spec {
  if (field.isLeaf && !field.optional) return patchOf(field, otherValue(field, SPEC));
  const first = field.optional ? presence(field) : {};
  const rest = otherBlock(field, changeable, mergePatch(SPEC, first) as Spec);
  return mergePatch(first, rest) as Spec;
}

/** How the API server refuses that a field is left out: with its path and the cure. */
function missing(field: Field): RegExp {
  return new RegExp(`${namedPath(field)}: Required value: .*(give|leave)`);
}
