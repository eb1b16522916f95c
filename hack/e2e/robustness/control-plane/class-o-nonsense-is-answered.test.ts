import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ClassBench, startClassBench, waitSettled } from "../../control-plane/support/class-bench.ts";
import { account, waitIdle } from "../../control-plane/support/idle.ts";
import { type KubeApi, refusalOf } from "../../control-plane/support/kube-api.ts";
import { msToRestore } from "../../control-plane/support/restored.ts";
import { boundaryValues } from "../../control-plane/support/schema/boundaries.ts";
import { type Field, fieldsOf, leavesOf } from "../../control-plane/support/schema/fields.ts";
import { changeRules } from "../../control-plane/support/schema/immutable.ts";
import {
  fullSpec,
  mergePatch,
  namedPath,
  patchOf,
  patchWithBlocks,
  plainSpec,
  type Spec,
  stored,
  valueAt,
} from "../../control-plane/support/schema/specs.ts";
import { condition, objectKey } from "../../support/platform.ts";

const fields = fieldsOf();
const leaves = leavesOf(fields);
const fixed = new Set(changeRules(fields).map(({ target }) => target.path));
const NEIGHBOUR = "neighbour";
const SPECS: Readonly<Record<string, Spec>> = { plain: plainSpec("plain-"), full: fullSpec("full-") };

/** Of the operator, a value that is carried out or refused by the API server, and one of the pods that follow. */
const MOST_RECONCILES_PER_VALUE = 40;

let bench: ClassBench;
let api: KubeApi;
let platforms = 0;
const counts = { refused: 0, carriedOut: 0, reported: 0 };

beforeAll(async () => {
  bench = await startClassBench();
  ({ api } = bench);
  await Promise.all(
    Object.entries({ ...SPECS, [NEIGHBOUR]: plainSpec("neighbour-") }).map(([name, spec]) =>
      bench.createReady(name, spec),
    ),
  );
});

afterAll(async () => {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  console.log(
    `${all} values of ${leaves.length} leaves: ${counts.refused} refused, ${counts.carriedOut} carried out, ` +
      `${counts.reported} reported in a condition`,
  );
  await bench?.stop();
});

describe("every value is refused with the field's path, carried out, or reported with the path", () => {
  test.each(leaves.filter(({ path }) => !fixed.has(path)))("$path, on a platform that runs", async (leaf) => {
    const name = leaf.optional || leaf.inOptional ? "full" : "plain";
    for (const value of boundaryValues(leaf)) {
      const patch = withLimits(leaf, value);
      const refused = await refusalOf(api.patchPlatform(name, patch));
      if (refused === undefined) await expectAnswer(name, leaf, value);
      else expectPath(refused.message, leaf, value);
    }
    await refusalOf(api.patchPlatform(name, restored(leaf, name)));
    await waitSettled(api, name);
  });

  test.each(leaves.filter(({ path }) => fixed.has(path)))("$path, on a new platform", async (leaf) => {
    const answers = boundaryValues(leaf).map(async (value) => {
      const name = `new-${++platforms}`;
      const spec = mergePatch(stored(plainSpec(`${name}-`)), patchWithBlocks(leaf, value));
      const refused = await refusalOf(api.createPlatform(name, spec));
      if (refused !== undefined) return expectPath(refused.message, leaf, value);
      return expectAnswer(name, leaf, value);
    });
    const failed = (await Promise.allSettled(answers)).flatMap((one) =>
      one.status === "rejected" ? [one.reason] : [],
    );
    expect(failed.map((reason) => (reason as Error).message)).toEqual([]);
  });
});

describe("after all of it", () => {
  test("a platform beside is looked after as fast as ever", async () => {
    for (const child of (await api.children(NEIGHBOUR)).filter(({ kind }) => kind === "ConfigMap")) {
      const ms = await msToRestore(api, child, () => api.remove(child), { anew: true });
      expect(ms, objectKey(child)).toBeLessThanOrEqual(1_000);
    }
    expect(condition(await api.platform(NEIGHBOUR), "Ready")?.status).toBe("True");
  });

  test("the operator has not failed once, has not been busier than there was to do, and comes to rest", async () => {
    await waitIdle(bench.operator);
    const { reconciles } = await account(bench.operator);
    const perValue = reconciles / (counts.carriedOut + counts.reported);
    console.log(`${perValue.toFixed(1)} reconciles for each value that was let in`);
    expect(perValue).toBeLessThan(MOST_RECONCILES_PER_VALUE);
    const panics = 'controller_runtime_reconcile_panics_total{controller="profileplatforms"}';
    expect(await bench.operator.metric(panics)).toBe(0);
  });
});

/** The platform carries the value out, or says with the path why it cannot; either way the neighbour is served. */
async function expectAnswer(name: string, leaf: Field, value: unknown): Promise<void> {
  const platform = await waitSettled(api, name);
  const stalled = condition(platform, "Stalled");
  if (stalled?.status !== "True") {
    counts.carriedOut += 1;
    return;
  }
  counts.reported += 1;
  expect(stalled.message, `${leaf.path} = ${JSON.stringify(value)}`).toContain(namedPath(leaf));
  const [child] = await api.children(NEIGHBOUR);
  const ms = await msToRestore(api, child as KubernetesObject, () =>
    api.patch(child as KubernetesObject, { metadata: { labels: null } }),
  );
  expect(ms).toBeLessThanOrEqual(1_000);
}

function expectPath(message: string, leaf: Field, value: unknown): void {
  counts.refused += 1;
  // A rule about two fields names the one of them that is to be changed.
  const block = namedPath(leaf).replace(
    /\.(requests|limits)\.\w+$|\.(min|max)(Replicas|InFlight)$|\.(batchSize|queueLength)$/,
    "",
  );
  // Rules name an entry of a map in brackets.
  const named = message.replaceAll(/\[([\w.-]+)\]/g, ".$1");
  expect(named, `${leaf.path} = ${JSON.stringify(value)}`).toContain(block);
}

/** A request is only tried when the limit leaves room for it. */
function withLimits(leaf: Field, value: unknown): Spec {
  const patch = patchOf(leaf, value);
  if (!leaf.path.includes(".requests.")) return patch;
  const steps = leaf.steps.map((step) => (step === "requests" ? "limits" : step));
  return mergePatch(patch, patchOf({ ...leaf, steps }, value)) as Spec;
}

function restored(leaf: Field, name: string): Spec {
  const [, component = ""] = leaf.steps;
  if (leaf.path.includes(".resources.")) return { [component]: { resources: null } };
  return patchOf(leaf, valueAt(leaf, stored(SPECS[name] as Spec)) ?? null);
}
