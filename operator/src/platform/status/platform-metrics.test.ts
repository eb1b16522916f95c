import type { Condition, ProfilePlatformStatus } from "@profile-platform/crds";
import { Registry } from "prom-client";
import { beforeEach, describe, expect, test } from "vitest";
import { FakeClock } from "../../engine/testing/fake-clock.ts";
import { PlatformMetrics } from "./platform-metrics.ts";

const COMPONENTS: NonNullable<ProfilePlatformStatus["components"]> = [
  { name: "postgresql", layer: "data-layer", state: "Ready", ready: "1/1", message: "" },
  { name: "redis", layer: "data-layer", state: "Progressing", ready: "0/1", message: "starting" },
  { name: "server", layer: "server-layer", state: "Ready", ready: "2/2", message: "" },
];

function condition(type: string, status: Condition["status"], lastTransitionTime: string): Condition {
  return { type, status, reason: "Reason", message: "", lastTransitionTime };
}

describe("PlatformMetrics", () => {
  let clock: FakeClock;
  let registry: Registry;
  let metrics: PlatformMetrics;
  let now: string;

  beforeEach(() => {
    clock = new FakeClock();
    registry = new Registry();
    metrics = new PlatformMetrics(registry, clock);
    now = new Date(clock.now()).toISOString();
  });

  /** Lines of the platform, without `profileplatform_` and its label. */
  async function shown(platform = "demo"): Promise<readonly string[]> {
    const own = `platform="${platform}"`;
    return (await registry.metrics())
      .split("\n")
      .filter((line) => line.startsWith("profileplatform_") && line.includes(own))
      .map((line) => line.replace("profileplatform_", "").replace(own, "").replace("{,", "{").replace("{}", ""));
  }

  test("says how old and how large the last backup is, and how often archiving has failed", async () => {
    const lastBackup = {
      name: "one",
      label: "20261129-030000F",
      type: "full" as const,
      finishedAt: new Date(clock.now() - 90_000).toISOString(),
      sizeBytes: 1000,
      repositorySizeBytes: 100,
    };
    metrics.report("demo", { postgresql: { lastBackup, archiveFailures: 3 } }, []);
    expect((await shown()).filter((line) => /backup|archive/.test(line))).toEqual([
      "last_backup_size_bytes 1000",
      "last_backup_repository_size_bytes 100",
      "archive_failures 3",
      "since_backup_seconds 90",
    ]);
  });

  test("says in numbers what status says", async () => {
    const conditions = [
      condition("Ready", "False", now),
      condition("Paused", "True", now),
      condition("X", "Unknown", now),
    ];
    metrics.report("demo", { components: COMPONENTS, conditions }, []);
    expect(await shown()).toEqual([
      "ready 0",
      "components 3",
      "components_ready 2",
      'component_ready{layer="data-layer",component="postgresql"} 1',
      'component_ready{layer="data-layer",component="redis"} 0',
      'component_ready{layer="server-layer",component="server"} 1',
      'layer_ready{layer="data-layer"} 0',
      'layer_ready{layer="server-layer"} 1',
      'condition{type="Ready"} 0',
      'condition{type="Paused"} 1',
      'condition{type="X"} 0',
    ]);
  });

  test("shows nothing of components, layers and conditions that are no more", async () => {
    metrics.report("demo", { components: COMPONENTS, conditions: [condition("Paused", "True", now)] }, []);
    metrics.report("demo", { components: COMPONENTS.slice(0, 1), conditions: [condition("Ready", "True", now)] }, []);
    expect(await shown()).toEqual([
      "ready 1",
      "components 1",
      "components_ready 1",
      'component_ready{layer="data-layer",component="postgresql"} 1',
      'layer_ready{layer="data-layer"} 1',
      'condition{type="Ready"} 1',
    ]);
  });

  test("shows nothing of a platform that is gone, and all of the others", async () => {
    const status = { components: COMPONENTS, conditions: [condition("Applied", "True", now)] };
    metrics.report("demo", status, []);
    metrics.report("other", status, []);
    const before = await shown("other");
    metrics.forget("demo");
    expect(await shown()).toEqual([]);
    expect(await shown("other")).toEqual(before);
  });

  test("counts the seconds since everything was applied, also through a later failure", async () => {
    const since = async () => (await shown()).filter((line) => line.startsWith("since_applied"));
    metrics.report("demo", { conditions: [condition("Applied", "True", "2029-12-31T00:00:00.000Z")] }, []);
    expect(await since()).toEqual(["since_applied_seconds 0"]);
    await clock.advance(90_000);
    metrics.report("demo", { conditions: [condition("Applied", "False", new Date(clock.now()).toISOString())] }, []);
    await clock.advance(10_500);
    expect(await since()).toEqual(["since_applied_seconds 100.5"]);
    metrics.report("demo", { conditions: [condition("Applied", "True", now)] }, []);
    expect(await since()).toEqual(["since_applied_seconds 0"]);
  });

  test("takes from status since when not everything is applied, where the process did not see it", async () => {
    const earlier = new Date(clock.now() - 3_600_000).toISOString();
    metrics.report("demo", { conditions: [condition("Applied", "False", earlier)] }, []);
    expect(await shown()).toContain("since_applied_seconds 3600");
  });

  test("counts corrections by kind, every kind at 0 from the start", async () => {
    const count = async (kind: string) => {
      const series = `profileplatform_drift_corrections_total{kind="${kind}"} `;
      const line = (await registry.metrics()).split("\n").find((one) => one.startsWith(series));
      return line?.slice(series.length);
    };
    expect(await count("Service")).toBe("0");
    metrics.report("demo", {}, [
      { kind: "Service", object: "Service a/b", managers: [], fields: [] },
      { kind: "Service", object: "Service a/c", managers: [], fields: [] },
      { kind: "Role", object: "Role a/b", managers: [], fields: ["rules"] },
    ]);
    expect([await count("Service"), await count("Role"), await count("Secret")]).toEqual(["2", "1", "0"]);
  });
});
