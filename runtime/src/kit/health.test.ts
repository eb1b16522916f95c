import { pino } from "pino";
import { Registry } from "prom-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Health } from "./health.ts";
import { createDependencyGauge } from "./metrics.ts";

let registry: Registry;
let up: Record<string, boolean>;
let health: Health;

beforeEach(() => {
  vi.useFakeTimers();
  registry = new Registry();
  up = { postgresql: true, redis: true };
  const dependency = (name: string, required: boolean) => ({
    name,
    required,
    async check() {
      if (up[name] !== true) throw new Error(`${name} is away`);
    },
  });
  health = new Health({
    dependencies: [dependency("postgresql", true), dependency("redis", false)],
    gauge: createDependencyGauge(registry),
    log: pino({ level: "silent" }),
  });
});
afterEach(() => {
  health.stop();
  vi.useRealTimers();
});

async function begin(): Promise<void> {
  health.start();
  await vi.advanceTimersByTimeAsync(0);
  health.setObstacle(undefined);
}

test("not ready before start-up is over", async () => {
  expect(health.report()).toMatchObject({ ready: false, reason: "starting" });
  expect(health.started).toBe(false);
  await begin();
  expect(health.report()).toMatchObject({ ready: true });
  expect(health.started).toBe(true);
});

test("fails with a hard dependency, and says which", async () => {
  await begin();
  up["postgresql"] = false;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(health.report()).toMatchObject({ ready: false, reason: "waiting for postgresql" });
  up["postgresql"] = true;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(health.report().ready).toBe(true);
});

test("does not fail with a dependency that the service can do without", async () => {
  up["redis"] = false;
  await begin();
  expect(health.report()).toEqual({
    ready: true,
    dependencies: [
      { name: "postgresql", required: true, up: true },
      { name: "redis", required: false, up: false },
    ],
  });
  expect(await registry.getSingleMetricAsString("dependency_up")).toContain('dependency_up{dependency="redis"} 0');
});

test("whoever wants to know of an outage is told when it begins, and not while the service has never been up", async () => {
  const reasons: unknown[] = [];
  let isUp = false;
  const told = new Health({
    dependencies: [
      {
        name: "postgresql",
        required: true,
        async check() {
          if (!isUp) throw new Error("away");
        },
        onDown: (reason) => reasons.push(reason),
      },
    ],
    gauge: createDependencyGauge(new Registry()),
    log: pino({ level: "silent" }),
  });
  told.start();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(reasons).toEqual([]);
  isUp = true;
  await vi.advanceTimersByTimeAsync(1_000);
  isUp = false;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reasons).toEqual([new Error("away")]);
  told.stop();
});

test("a check that hangs counts as failed", async () => {
  await begin();
  const hanging = new Health({
    dependencies: [{ name: "postgresql", required: true, check: () => new Promise<never>(() => undefined) }],
    gauge: createDependencyGauge(new Registry()),
    log: pino({ level: "silent" }),
  });
  hanging.start();
  hanging.setObstacle(undefined);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(hanging.report().reason).toBe("waiting for postgresql");
  hanging.stop();
});

test("draining comes before everything else", async () => {
  await begin();
  health.setObstacle("draining");
  expect(health.report()).toMatchObject({ ready: false, reason: "draining" });
  expect(health.started).toBe(true);
});
