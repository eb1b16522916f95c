import { describe, expect, test } from "vitest";
import { WorkQueue } from "../controller/work-queue.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { Metrics } from "./metrics.ts";

/** Everything that an operator declares, before anything happened. */
function declared(): Metrics {
  const clock = new FakeClock();
  const metrics = new Metrics(clock);
  metrics.controller("things", 4);
  metrics.leader("lock");
  metrics.restClient("api:443");
  metrics.reflector("pods").begin();
  const queue = new WorkQueue({ name: "things", metrics, clock });
  expect(queue.depth).toBe(0);
  return metrics;
}

async function lines(metrics: Metrics): Promise<readonly string[]> {
  return (await metrics.scrape()).text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

describe("metrics before anything happened", () => {
  test("are all 0, but for the number of workers", async () => {
    const shown = await lines(declared());
    expect(shown.length).toBeGreaterThan(200);
    expect(shown.filter((line) => !line.endsWith(" 0"))).toEqual([
      'controller_runtime_max_concurrent_reconciles{controller="things"} 4',
    ]);
  });

  test.each([
    [
      "controller_runtime_reconcile_time_seconds",
      "0.005 0.01 0.025 0.05 0.1 0.15 0.2 0.25 0.3 0.35 0.4 0.45 0.5 0.6 0.7 0.8 0.9 1 1.25 1.5 1.75 2 2.5 3 3.5 4 4.5 " +
        "5 6 7 8 9 10 15 20 25 30 40 50 60 +Inf",
    ],
    ["workqueue_queue_duration_seconds", "1e-8 1e-7 0.000001 0.00001 0.0001 0.001 0.01 0.1 1 10 100 1000 +Inf"],
    ["workqueue_work_duration_seconds", "1e-8 1e-7 0.000001 0.00001 0.0001 0.001 0.01 0.1 1 10 100 1000 +Inf"],
    ["rest_client_request_duration_seconds", "0.005 0.025 0.1 0.25 0.5 1 2 4 8 15 30 60 +Inf"],
  ])("of the histogram %s have the buckets that dashboards expect", async (name, expected) => {
    const buckets = (await lines(declared())).filter((line) => line.startsWith(`${name}_bucket`));
    const bounds = new Set(buckets.map((line) => /le="([^"]+)"/.exec(line)?.[1]));
    const numbers = (texts: Iterable<string | undefined>) =>
      [...texts].map((text) => Number(text?.replace("+Inf", "Infinity")));
    expect(numbers(bounds)).toEqual(numbers(expected.split(" ")));
  });

  test.each([
    ["workqueue_depth", ["name", "controller", "priority"]],
    ["workqueue_adds_total", ["name", "controller"]],
    ["workqueue_longest_running_processor_seconds", ["name", "controller"]],
    ["controller_runtime_reconcile_total", ["controller", "result"]],
    ["controller_runtime_reconcile_timeouts_total", ["controller"]],
    ["rest_client_requests_total", ["code", "method", "host"]],
    ["leader_election_master_status", ["name"]],
  ])("of %s have the labels %o", async (name, labels) => {
    const line = (await lines(declared())).find((one) => one.startsWith(`${name}{`)) ?? "";
    expect([...line.matchAll(/(\w+)="/g)].map(([, label]) => label)).toEqual(labels);
  });
});

test("a request that nobody foresaw gets its series when it comes", async () => {
  const metrics = new Metrics();
  metrics.restClient("api:443")("418", "GET", 0.3);
  expect(await lines(metrics)).toEqual(
    expect.arrayContaining([
      'rest_client_requests_total{code="418",method="GET",host="api:443"} 1',
      'rest_client_request_duration_seconds_sum{verb="GET",host="api:443"} 0.3',
    ]),
  );
});

test("leadership is shown while it lasts", async () => {
  const metrics = new Metrics();
  const show = metrics.leader("lock");
  show(true);
  expect(await lines(metrics)).toContain('leader_election_master_status{name="lock"} 1');
  show(false);
  expect(await lines(metrics)).toContain('leader_election_master_status{name="lock"} 0');
});

test("figures of the process are there, without gauges that are named as counters", async () => {
  const metrics = new Metrics();
  metrics.collectProcess();
  const { text } = await metrics.scrape();
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  expect([...text.matchAll(/^# TYPE (\w+_total) (?!counter)/gm)].map(([, name]) => name)).toEqual([]);
});
