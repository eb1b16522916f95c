import type { ProfilePlatformStatus } from "@profile-platform/crds";
import type { Counter, Gauge, Registry } from "prom-client";
import { type Clock, systemClock } from "../engine/clock.ts";
import { counter, gauge } from "../engine/metric-families.ts";
import { APPLIED_TYPES } from "./kinds.ts";
import type { Correction } from "./outcome.ts";
import { type PlatformSample, samplesOf } from "./platform-samples.ts";

/** Figures of platforms: what their status says, in numbers. Those of a platform that is gone go with it. */
export class PlatformMetrics {
  readonly #clock: Pick<Clock, "now">;
  readonly #gauges: Readonly<Record<PlatformSample["family"], Gauge>>;
  readonly #sinceApplied: Gauge<"platform">;
  readonly #corrections: Counter<"kind">;
  /** Platform → what is shown of it. */
  readonly #shown = new Map<string, readonly PlatformSample[]>();
  /** Platform → when everything of it was last found applied, in milliseconds since the epoch. */
  readonly #applied = new Map<string, number>();

  constructor(registry: Registry, clock: Pick<Clock, "now"> = systemClock) {
    this.#clock = clock;
    const declare = (name: string, help: string, ...further: readonly string[]): Gauge =>
      gauge(registry, { name: `profileplatform_${name}`, help, labels: ["platform", ...further] });
    this.#gauges = {
      components: declare("components", "Components that a platform has"),
      components_ready: declare("components_ready", "Components of a platform that are ready"),
      component_ready: declare("component_ready", "1 while a component is ready", "layer", "component"),
      layer_ready: declare("layer_ready", "1 while all components of a layer are ready", "layer"),
      ready: declare("ready", "1 while a platform is Ready"),
      condition: declare("condition", "1 while a condition of a platform is True", "type"),
    };
    this.#sinceApplied = gauge(registry, {
      name: "profileplatform_since_applied_seconds",
      help: "Time since everything that a platform asks for was last found applied",
      labels: ["platform"],
      collect: () => {
        for (const [platform, at] of this.#applied) {
          this.#sinceApplied.set({ platform }, (this.#clock.now() - at) / 1000);
        }
      },
    });
    this.#corrections = counter(registry, {
      name: "profileplatform_drift_corrections_total",
      help: "Objects that somebody changed or deleted, and that were put back",
      labels: ["kind"],
    });
    for (const { kind } of APPLIED_TYPES) this.#corrections.inc({ kind }, 0);
  }

  report(platform: string, status: ProfilePlatformStatus, corrected: readonly Correction[]): void {
    this.#show(platform, samplesOf(platform, status));
    this.#noteApplied(platform, status);
    for (const { kind } of corrected) this.#corrections.inc({ kind });
  }

  forget(platform: string): void {
    this.#show(platform, []);
    this.#shown.delete(platform);
    this.#applied.delete(platform);
    this.#sinceApplied.remove({ platform });
  }

  /** A component, layer or condition that is no more is not shown with its last value. */
  #show(platform: string, samples: readonly PlatformSample[]): void {
    const now = new Set(samples.map(keyOf));
    for (const sample of this.#shown.get(platform) ?? []) {
      if (!now.has(keyOf(sample))) this.#gauges[sample.family].remove({ ...sample.labels });
    }
    for (const { family, labels, value } of samples) this.#gauges[family].set({ ...labels }, value);
    this.#shown.set(platform, samples);
  }

  #noteApplied(platform: string, { conditions = [] }: ProfilePlatformStatus): void {
    const applied = conditions.find(({ type }) => type === "Applied");
    if (applied?.status === "True") {
      this.#applied.set(platform, this.#clock.now());
    } else if (applied !== undefined && !this.#applied.has(platform)) {
      // The process is younger than the trouble: what was applied before it, status knows.
      this.#applied.set(platform, Date.parse(applied.lastTransitionTime));
    }
  }
}

function keyOf({ family, labels }: PlatformSample): string {
  return JSON.stringify([family, ...Object.values(labels)]);
}
