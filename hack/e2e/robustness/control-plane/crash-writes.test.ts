import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CrashPoint } from "../../control-plane/support/crash-points.ts";
import { type Comparable, CrashSweep, sweepAll } from "../../control-plane/support/crash-sweep.ts";
import { type Kubelet, startKubelet } from "../../control-plane/support/kubelet.ts";
import { type OperatorBench, startOperatorBench } from "../../control-plane/support/operator-bench.ts";
import { isReady, numbered, Platforms } from "../../control-plane/support/platforms.ts";

/** Points that one kill crashes. */
const BATCH = 16;

let bench: OperatorBench;
let kubelet: Kubelet;
let sweep: CrashSweep;
let platforms: Platforms;
/** Of a platform whose first apply nobody disturbed. */
let expected: Comparable;

beforeAll(async () => {
  bench = await startOperatorBench();
  platforms = new Platforms(bench.api);
  kubelet = startKubelet(bench.kubectl.kubeconfig);
  sweep = await CrashSweep.start(bench);
  await begin("whole-000");
  expected = await sweep.undisturbed("whole-000", isReady);
  await platforms.remove("whole-000");
});

afterAll(async () => {
  await kubelet?.stop();
  await sweep?.stop();
  await bench?.stop();
});

function begin(platform: string): Promise<void> {
  return platforms.create(platform, { server: { replicas: 1 } });
}

/** Objects that the operator applies. */
function appliedCount(): number {
  const objects = Object.entries(expected).filter(([key]) => !key.startsWith("ProfilePlatform"));
  return objects.filter(([, object]) => (object as { managers: unknown[] }).managers.length > 0).length;
}

type Answer = CrashPoint["answer"];

/** `answers`: of the points, in turn. */
async function sweepFirstApply(answers: readonly Answer[], counting: "writes" | "events"): Promise<number> {
  let last: readonly string[] = [];
  const pointAfter = (after: number): CrashPoint => ({
    after,
    answer: answers[after % answers.length] as Answer,
    counting,
  });
  const count = await sweepAll(sweep, pointAfter, async (first) => {
    await platforms.remove(...last);
    last = numbered(`${answers[0]}${counting}`, first, BATCH);
    return { platforms: last, path: { begin, expected } };
  });
  await platforms.remove(...last);
  console.log(`first apply, ${counting}, answer ${answers.join(" or ")}: ${count} of ${count}`);
  return count;
}

describe("a first apply comes to the same end when the operator", () => {
  // Whether a process that is killed had heard of its last write makes no difference to the next one: all that both leave
  // is what the API server has. So the two take turns.
  test.each<[string, readonly Answer[]]>([
    ["is killed after any of its writes, before it heard the answer or after", ["unseen", "seen"]],
    ["never hears the answer to any of its writes, and lives on", ["lost"]],
  ])(
    "%s",
    async (_how, answers) => {
      expect(await sweepFirstApply(answers, "writes")).toBeGreaterThan(appliedCount());
    },
    600_000,
  );

  test("is killed after any of its Events", async () => {
    expect(await sweepFirstApply(["seen"], "events")).toBeGreaterThan(0);
  }, 600_000);
});
