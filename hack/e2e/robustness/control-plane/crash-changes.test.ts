import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CrashPoint } from "../../control-plane/support/crash-points.ts";
import { CrashSweep, sweepAll } from "../../control-plane/support/crash-sweep.ts";
import { type Kubelet, startKubelet } from "../../control-plane/support/kubelet.ts";
import { type OperatorBench, startOperatorBench } from "../../control-plane/support/operator-bench.ts";
import { isReady, numbered, Platforms, unreadyPlatforms } from "../../control-plane/support/platforms.ts";
import { namespacesOf, readStates, secretsOf } from "../../control-plane/support/state.ts";
import { eventually } from "../../support/eventually.ts";

/** Points that one kill crashes. */
const POOL = numbered("pool", 0, 16);
const unseen = (after: number): CrashPoint => ({ after, answer: "unseen" });
/** Goes the same way undisturbed, one step ahead. */
const REFERENCE = "reference-000";

let bench: OperatorBench;
let kubelet: Kubelet;
let sweep: CrashSweep;
let platforms: Platforms;

beforeAll(async () => {
  bench = await startOperatorBench();
  platforms = new Platforms(bench.api);
  kubelet = startKubelet(bench.kubectl.kubeconfig);
  sweep = await CrashSweep.start(bench);
  const all = [REFERENCE, ...POOL];
  await Promise.all(all.map((name) => platforms.create(name, { server: { replicas: 2 } })));
  await untilReady(all);
});

afterAll(async () => {
  await kubelet?.stop();
  await sweep?.stop();
  await bench?.stop();
});

/** For the newest generation of each. */
async function untilReady(names: readonly string[]): Promise<void> {
  await eventually(
    async () => {
      expect(await unreadyPlatforms(bench.api, names)).toEqual([]);
      return true;
    },
    { what: "all platforms are Ready", timeoutMs: 120_000 },
  );
}

const server = (spec: unknown) => ({ server: spec });

const CHANGES: readonly (readonly [string, { readonly there: unknown; readonly back: unknown }])[] = [
  ["configuration", { there: server({ cache: { maxEntries: 20 } }), back: server({ cache: { maxEntries: 10 } }) }],
  ["number of pods", { there: server({ replicas: 3 }), back: server({ replicas: 2 }) }],
  [
    "autoscaling: pods handed over, and back with the autoscaler removed",
    { there: server({ autoscaling: { minReplicas: 2, maxReplicas: 6 } }), back: server({ autoscaling: null }) },
  ],
  ["exposure", { there: server({ exposure: { type: "NodePort" } }), back: server({ exposure: { type: "None" } }) }],
  ["deletionPolicy", { there: { deletionPolicy: "Retain" }, back: { deletionPolicy: "Delete" } }],
];

describe("a change of the spec", () => {
  test.each(CHANGES)(
    "%s",
    async (name, { there, back }) => {
      for (const [direction, spec] of [
        ["there", there],
        ["back", back],
      ] as const) {
        await platforms.change(REFERENCE, spec);
        const expected = await sweep.undisturbed(REFERENCE, isReady);
        const reverse = direction === "there" ? back : there;
        let changed = false;
        const count = await sweepAll(sweep, unseen, async () => {
          if (changed) await undo(reverse);
          changed = true;
          return { platforms: POOL, path: { begin: (platform) => platforms.change(platform, spec), expected } };
        });
        console.log(`${name}, ${direction}: ${count} of ${count}`);
        expect(count).toBeGreaterThan(0);
      }
    },
    300_000,
  );

  async function undo(spec: unknown): Promise<void> {
    await Promise.all(POOL.map((platform) => platforms.change(platform, spec)));
    await untilReady(POOL);
  }
});

const secretPath = (platform: string, layer: string, component: string) =>
  `/api/v1/namespaces/${platform}-${layer}/secrets/${component}-credentials`;

describe("a Secret that was deleted", () => {
  test.each([
    ["the original", ["data-layer"]],
    ["a copy", ["server-layer"]],
  ])(
    "%s comes back with the same values",
    async (name, layers) => {
      const expected = await sweep.undisturbed(REFERENCE, isReady);
      const begin = async (platform: string): Promise<void> => {
        const paths = layers.map((layer) => secretPath(platform, layer, "postgresql"));
        await Promise.all(paths.map((path) => bench.api.request({ method: "DELETE", path })));
      };
      const count = await sweepAll(sweep, unseen, async () => ({
        platforms: POOL,
        path: { begin, expected },
      }));
      console.log(`Secret deleted, ${name}: ${count} of ${count}`);
      expect(count).toBeGreaterThan(0);
    },
    300_000,
  );
});

describe("a platform that is made again after a deletion that kept its data", () => {
  test("finds its data and credentials", async () => {
    const kept = [REFERENCE, ...POOL];
    await Promise.all(kept.map((name) => platforms.change(name, { deletionPolicy: "Retain" })));
    await untilReady(kept);
    const spec = { deletionPolicy: "Retain", server: { replicas: 2 } };
    await remove([REFERENCE]);
    await platforms.create(REFERENCE, spec);
    const expected = await sweep.undisturbed(REFERENCE, isReady);
    const count = await sweepAll(sweep, unseen, async () => {
      await remove(POOL);
      return { platforms: POOL, path: { begin: (platform) => platforms.create(platform, spec), expected } };
    });
    console.log(`made again with Retain: ${count} of ${count}`);
    expect(count).toBeGreaterThan(40);
  }, 400_000);
});

const KEPT = ["Namespace", "PersistentVolumeClaim", "Secret"];
const KEPT_SECRETS = 3;

/** Deletes platforms, and waits until of each nothing is left but its Secrets and volumes, with their namespace. */
async function remove(names: readonly string[]): Promise<void> {
  await platforms.remove(...names);
  await eventually(
    async () => {
      // Whole states are worth reading only when nothing else is awaited.
      if ((await namespacesOf(bench.api, names)).length > names.length) return undefined;
      const states = [...(await readStates(bench.api, names)).values()];
      const left = new Set(states.flatMap(({ objects }) => objects.map(({ kind }) => kind)));
      expect([...left].sort()).toEqual(KEPT);
      expect(states.map((state) => Object.keys(secretsOf(state)).length)).toEqual(names.map(() => KEPT_SECRETS));
      return true;
    },
    { what: "only what has to stay is left", timeoutMs: 120_000, everyMs: 1_000 },
  );
}
