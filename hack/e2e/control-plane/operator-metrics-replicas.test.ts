import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { parseSamples, type Sample } from "../support/exposition.ts";
import { platformManifest } from "../support/platform.ts";
import { type OperatorBench, startOperatorBench } from "./support/operator-bench.ts";
import { type OperatorProcess, PLATFORM_RECONCILES } from "./support/operator-process.ts";
import { waitApplied } from "./support/settled.ts";

const NAME = "measured";
const OF_WORK = /^(controller_runtime|workqueue)_/;
const LEADING = 'leader_election_master_status{name="profile-platform-operator"}';
/** Set, not counted. */
const LIMIT = "controller_runtime_max_concurrent_reconciles";

let bench: OperatorBench;
let leader: OperatorProcess;
let standby: OperatorProcess;
/** When something changed while it stood by, in monotonic milliseconds. */
let changed = 0;

beforeAll(async () => {
  bench = await startOperatorBench();
  leader = await bench.startOperator();
  await bench.kubectl.apply(platformManifest(NAME, {}));
  await waitApplied(bench.api, NAME);
  standby = await bench.launchOperator();
  await eventually(async () => ((await standby.log()).includes("The cache is filled") ? true : undefined), {
    what: "a replica stands by",
    timeoutMs: 60_000,
  });
});

afterAll(() => bench?.stop());

/** Figures of the work that only one of the replicas does. */
async function ofWork(operator: OperatorProcess): Promise<readonly Sample[]> {
  const text = await (await fetch(`http://127.0.0.1:${await operator.port()}/metrics`)).text();
  return parseSamples(text).filter(({ name }) => OF_WORK.test(name));
}

const series = (samples: readonly Sample[]) => samples.map(({ name, labels }) => name + JSON.stringify(labels)).sort();

describe("of two replicas that are scraped", () => {
  test("one says that it leads, and the other that it does not", async () => {
    expect(await leader.metric(LEADING)).toBe(1);
    expect(await standby.metric(LEADING)).toBe(0);
  });

  test("both have every series of the work, and that of the standby is nought, whatever changes meanwhile", async () => {
    const added = await leader.metric("workqueue_adds_total");
    await bench.kubectl.apply(platformManifest(NAME, { server: { replicas: 4 } }));
    changed = performance.now();
    await waitApplied(bench.api, NAME);
    expect(await leader.metric("workqueue_adds_total")).toBeGreaterThan(added);
    const idle = await ofWork(standby);
    expect(series(idle)).toEqual(series(await ofWork(leader)));
    expect(idle.length).toBeGreaterThan(50);
    expect(idle.filter(({ name, value }) => value !== 0 && name !== LIMIT)).toEqual([]);
    expect(await standby.metric(LIMIT)).toBe(await leader.metric(LIMIT));
  });

  test("the standby that takes over counts from then on, and no waiting time from before", async () => {
    expect(await leader.stop()).toBe(0);
    const stoodBySeconds = (performance.now() - changed) / 1000;
    await eventually(async () => ((await standby.metric(PLATFORM_RECONCILES)) > 0 ? true : undefined), {
      what: "the standby works",
      timeoutMs: 30_000,
      everyMs: 20,
    });
    expect(await standby.metric(LEADING)).toBe(1);
    expect(await standby.metric(`profileplatform_components{platform="${NAME}"}`)).toBe(6);
    expect(await standby.metric("workqueue_queue_duration_seconds_sum")).toBeLessThan(stoodBySeconds / 2);
  });
});
