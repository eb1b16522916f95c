import { afterAll, beforeAll, expect, test } from "vitest";
import { type ClassBench, startClassBench } from "../../control-plane/support/class-bench.ts";
import { platformRef, refusalOf } from "../../control-plane/support/kube-api.ts";
import { fieldsOf } from "../../control-plane/support/schema/fields.ts";
import { type ChangeRule, changeRules } from "../../control-plane/support/schema/immutable.ts";
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
import { otherValues } from "../../control-plane/support/schema/values.ts";
import { snapshot } from "../../control-plane/support/snapshot.ts";

const fields = fieldsOf();
const rules = changeRules(fields);

/** With the highest of what may only grow, and with everything that may be left out: there, or not there. */
const GROWN = { postgresql: { instances: 5 }, redis: { replicas: 3 }, rabbitmq: { replicas: 3 } };
const SPECS: Readonly<Record<string, Spec>> = {
  plain: mergePatch(plainSpec("plain-"), GROWN) as Spec,
  full: mergePatch(fullSpec("full-"), GROWN) as Spec,
};

let bench: ClassBench;
let refusals = 0;

beforeAll(async () => {
  bench = await startClassBench();
  await Promise.all(Object.entries(SPECS).map(([name, spec]) => bench.createReady(name, spec)));
});

afterAll(async () => {
  console.log(`${rules.length} rules about changes, ${refusals} changes refused`);
  await bench?.stop();
});

test("every rule about changes is known: a value of its own, and how it may not come or go", () => {
  expect(rules.length).toBeGreaterThan(0);
  for (const { rule } of rules)
    expect(rule.message, rule.rule).toMatch(/cannot .*: put .* back, or create another platform/);
});

test.each(rules.map((change) => ({ path: change.target.path, rule: change.rule.rule, change })))(
  "$path: what breaks $rule is refused with path and cure, and nothing changes",
  async ({ change }) => {
    let broken = 0;
    for (const [name, spec] of Object.entries(SPECS)) {
      for (const patch of changesOf(change, spec)) broken += await tryChange(name, patch, change);
    }
    expect(broken, "changes that the rule refused").toBeGreaterThan(0);
    refusals += broken;
  },
);

/** Sends a change in every way there is. Returns how many were refused by the rule; what it allows is not carried out. */
async function tryChange(name: string, patch: Spec, { rule, target }: ChangeRule): Promise<number> {
  const { api } = bench;
  const message = rule.message ?? "";
  const dryRun = await refusalOf(api.patchPlatform(name, patch, true));
  if (dryRun === undefined || !dryRun.message.includes(message)) return 0;
  const stands = async () => ({ platform: await api.platform(name), children: await snapshot(api, name) });
  const before = await stands();
  const ref = platformRef(name);
  const ssa = { ...ref, spec: patch };
  const answers = [
    dryRun,
    await refusalOf(api.patchPlatform(name, patch)),
    ...(JSON.stringify(patch).includes("null")
      ? []
      : [await refusalOf(api.patch(ref, ssa, { contentType: "application/apply-patch+yaml" }))]),
  ];
  for (const answer of answers) {
    expect(answer?.status).toBe(422);
    expect(answer?.message).toContain(`${namedPath(target)}: `);
    expect(answer?.message).toContain(message);
  }
  expect(await stands()).toEqual(before);
  return answers.length;
}

function changesOf({ target }: ChangeRule, spec: Spec): readonly Spec[] {
  if (target.optional && valueAt(target, spec) === undefined) return [presence(target)];
  const others = otherValues(target.schema, valueAt(target, stored(spec))).map((value) => patchOf(target, value));
  return target.optional ? [absence(target), ...others] : others;
}
