import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SeenRequest } from "../../../faults/index.ts";
import type { CrashPoint } from "../../control-plane/support/crash-points.ts";
import { type Comparable, CrashSweep, sweepAll } from "../../control-plane/support/crash-sweep.ts";
import { type Kubelet, startKubelet } from "../../control-plane/support/kubelet.ts";
import { type OperatorBench, startOperatorBench } from "../../control-plane/support/operator-bench.ts";
import { isReady, Platforms } from "../../control-plane/support/platforms.ts";
import type { PlatformState } from "../../control-plane/support/state.ts";

/** One platform has its turn at a time, so that one kill is a crash at one point. */
const NAME = "upgraded-000";
const VERSIONS = ["1", "2"] as const;
type Version = (typeof VERSIONS)[number];

let bench: OperatorBench;
let kubelet: Kubelet;
let sweep: CrashSweep;

beforeAll(async () => {
  bench = await startOperatorBench();
  kubelet = startKubelet(bench.kubectl.kubeconfig);
  sweep = await CrashSweep.start(bench);
});

afterAll(async () => {
  await kubelet?.stop();
  await sweep?.stop();
  await bench?.stop();
});

/** Has an operator that brings images of a version take over. */
async function upgradeTo(version: Version): Promise<void> {
  const names = ["postgresql", "redis", "rabbitmq", "runtime"];
  const images = Object.fromEntries(names.map((name) => [name, `registry.example/${name}:${version}`]));
  const file = join(bench.dir, `images-${version}.json`);
  await writeFile(file, JSON.stringify(images));
  await sweep.upgrade(["--images", file]);
}

/** Whether it is Ready, and nothing of it has another version. */
function isAt(version: Version, state: PlatformState): boolean {
  const other = VERSIONS.find((one) => one !== version) ?? "";
  const text = JSON.stringify(state.objects);
  return isReady(state) && text.includes(`:${version}"`) && !text.includes(`:${other}"`);
}

/**
 * An operator that starts applies every object once, since it knows of none what was applied last. What images do not
 * change is not changed by that, and a crash between two such writes is one before the first that is.
 */
function mayChange({ path }: SeenRequest): boolean {
  return /\/(statefulsets|deployments|jobs|profileplatforms)\//.test(path);
}

const pointAfter = (after: number): CrashPoint => ({ after, answer: "unseen", counting: mayChange });

test("new images: a crash after any write of a platform's turn comes to the same end as none", async () => {
  await upgradeTo("1");
  await new Platforms(bench.api).create(NAME, { server: { replicas: 2 } });
  const expected = new Map<Version, Comparable>();
  for (const version of ["1", "2", "1"] as const) {
    if (expected.size > 0) await upgradeTo(version);
    expected.set(version, await sweep.undisturbed(NAME, (state) => isAt(version, state)));
  }
  // There and back: after each crash the platform is at the other version.
  const count = await sweepAll(sweep, pointAfter, async (first) => {
    const version = first % 2 === 1 ? "2" : "1";
    const end = expected.get(version) as Comparable;
    return { platforms: [NAME], path: { begin: () => upgradeTo(version), expected: end } };
  });
  console.log(`new images: ${count} of ${count}`);
  // The turn, five workloads, the migrations of the version and what is left of those before.
  expect(count).toBeGreaterThan(8);
}, 600_000);
