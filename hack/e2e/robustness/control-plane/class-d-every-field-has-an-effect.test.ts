import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ClassBench, startClassBench, waitSettled } from "../../control-plane/support/class-bench.ts";
import { refusalOf } from "../../control-plane/support/kube-api.ts";
import { type Field, fieldsOf, leavesOf } from "../../control-plane/support/schema/fields.ts";
import { changeRules } from "../../control-plane/support/schema/immutable.ts";
import {
  fullSpec,
  namedPath,
  patchOf,
  plainSpec,
  type Spec,
  stored,
  valueAt,
} from "../../control-plane/support/schema/specs.ts";
import { otherValue } from "../../control-plane/support/schema/values.ts";
import { describeEffects, effects, isHash, snapshot } from "../../control-plane/support/snapshot.ts";

const fields = fieldsOf();
const leaves = leavesOf(fields);
const fixed = changeRules(fields);

/** What stands in no component's own objects, but in those of whole layers. */
const ALL_OVER = new Set(["namespacePrefix", "deletionPolicy"]);

/** Parts of the spec that are no component's own, and the component that carries them out. */
const CARRIED_OUT_BY: Readonly<Record<string, string>> = {
  "spec.auth": "server",
  "spec.observability": "server",
  "spec.postgresql.backup": "postgresql-repository",
};

/** Leaves that say when something is done later: until then there is nothing to see, and nobody to disturb. */
const LATER = new Set(["spec.auth.embedded.keyRotation.interval", "spec.postgresql.backup.schedule"]);

/** A leaf of something optional can only be changed where that is there. */
const SPECS: Readonly<Record<string, Spec>> = { plain: plainSpec("plain-"), full: fullSpec("full-") };
const platformOf = ({ optional, inOptional }: Field) => (optional || inOptional ? "full" : "plain");

const found = new Map<string, string>();
let bench: ClassBench;

beforeAll(async () => {
  bench = await startClassBench();
  await Promise.all(Object.entries(SPECS).map(([name, spec]) => bench.createReady(name, spec)));
});

afterAll(async () => {
  const effective = [...found].filter(([, what]) => !/^(refused|later)/.test(what));
  const width = Math.max(...leaves.map(({ path }) => path.length));
  console.log([...found].map(([path, what]) => `${path.padEnd(width)}  ${what}`).join("\n"));
  console.log(
    `${found.size} of ${leaves.length} leaves: ${effective.length} with an effect that is undone with the change, ` +
      `${found.size - effective.length} refused, or of an effect that comes later`,
  );
  await bench?.stop();
});

describe("a leaf of the schema that is changed", () => {
  test.each(leaves.filter(({ path }) => !LATER.has(path)))(
    "$path has an effect, and none any more when it is changed back",
    async (leaf) => {
      const { api } = bench;
      const name = platformOf(leaf);
      const spec = SPECS[name] as Spec;
      const before = await snapshot(api, name);

      const refused = await refusalOf(api.patchPlatform(name, patchOf(leaf, otherValue(leaf, spec))));
      if (refused !== undefined) return refusedAs(leaf, refused.message);
      await waitSettled(api, name);
      const changed = effects(before, await snapshot(api, name));
      expect(
        changed.filter((effect) => !isHash(effect)),
        "effects",
      ).not.toEqual([]);
      const [, part = ""] = leaf.steps;
      const carrier = Object.entries(CARRIED_OUT_BY).find(([path]) => leaf.path.startsWith(`${path}.`));
      const component = carrier?.[1] ?? part;
      const reached = changed.map((effect) => effect.component);
      expect(reached.includes(component) || ALL_OVER.has(component), `an effect on ${component}`).toBe(true);

      const was = valueAt(leaf, leaf.asked ? stored(spec) : spec) ?? null;
      const noWayBack = await refusalOf(api.patchPlatform(name, patchOf(leaf, was)));
      if (noWayBack !== undefined) return refusedAs(leaf, noWayBack.message, describeEffects(changed));
      await waitSettled(api, name);
      expect(effects(before, await snapshot(api, name)), "what is left of the change").toEqual([]);
      found.set(leaf.path, describeEffects(changed));
    },
  );
});

test.each(leaves.filter(({ path }) => LATER.has(path)))("$path changes nothing before its time", async (leaf) => {
  const { api } = bench;
  const name = platformOf(leaf);
  const before = await snapshot(api, name);
  await api.patchPlatform(name, patchOf(leaf, otherValue(leaf, SPECS[name] as Spec)));
  await waitSettled(api, name);
  expect(effects(before, await snapshot(api, name))).toEqual([]);
  found.set(leaf.path, "later: nothing yet");
});

function refusedAs(leaf: Field, message: string, effect?: string): void {
  expect(message).toContain(namedPath(leaf));
  const rules = fixed.filter(({ target }) => target.path === leaf.path);
  expect(rules.map(({ rule }) => rule.message ?? "").filter((cure) => message.includes(cure))).not.toEqual([]);
  found.set(leaf.path, effect === undefined ? "refused: cannot change" : `refused: no way back from ${effect}`);
}
