import { Registry } from "prom-client";
import { beforeEach, describe, expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { ReflectorFamilies } from "./reflector-metrics.ts";

describe("reflector metrics", () => {
  let clock: FakeClock;
  let registry: Registry;
  let families: ReflectorFamilies;

  beforeEach(() => {
    clock = new FakeClock();
    registry = new Registry();
    families = new ReflectorFamilies(registry, clock);
  });

  async function silence(resource: string): Promise<string | undefined> {
    const series = `reflector_silent_seconds{resource="${resource}"} `;
    const line = (await registry.metrics()).split("\n").find((one) => one.startsWith(series));
    return line?.slice(series.length);
  }

  test("show the silence of the reflector that has waited longest", async () => {
    const secrets = families.of("secrets");
    expect(await silence("secrets")).toBe("0");
    const first = secrets.begin();
    const second = secrets.begin();
    await clock.advance(30_000);
    first.heard();
    await clock.advance(5_000);
    expect(await silence("secrets")).toBe("35");
    second.end();
    expect(await silence("secrets")).toBe("5");
  });

  test("tell a reflector that asks in vain from one that does nothing", async () => {
    const asks = families.of("pods").begin();
    const sleeps = families.of("jobs.batch").begin();
    await clock.advance(600_000);
    asks.tried();
    await clock.advance(1_000);
    expect(await silence("pods")).toBe("601");
    expect(families.leastAlive()).toEqual({ resource: "jobs.batch", seconds: 601 });
    sleeps.end();
    expect(families.leastAlive()).toEqual({ resource: "pods", seconds: 1 });
  });
});
