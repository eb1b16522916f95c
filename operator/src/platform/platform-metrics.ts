import { Counter, Gauge, type Registry } from "prom-client";
import { APPLIED_TYPES } from "./kinds.ts";
import type { Outcome } from "./outcome.ts";

/** Figures of platforms. Those of a platform that is gone go with it. */
export class PlatformMetrics {
  readonly #components: Gauge<"platform">;
  readonly #componentsReady: Gauge<"platform">;
  readonly #ready: Gauge<"platform">;
  readonly #corrections: Counter<"kind">;

  constructor(registry: Registry) {
    const registers = [registry];
    const labelNames = ["platform"] as const;
    this.#components = new Gauge({
      name: "profileplatform_components",
      help: "Components that a platform has",
      labelNames,
      registers,
    });
    this.#componentsReady = new Gauge({
      name: "profileplatform_components_ready",
      help: "Components of a platform that are ready",
      labelNames,
      registers,
    });
    this.#ready = new Gauge({
      name: "profileplatform_ready",
      help: "1 while a platform is Ready",
      labelNames,
      registers,
    });
    this.#corrections = new Counter({
      name: "profileplatform_drift_corrections_total",
      help: "Objects that somebody changed or deleted, and that were put back",
      labelNames: ["kind"],
      registers,
    });
    for (const { kind } of APPLIED_TYPES) this.#corrections.inc({ kind }, 0);
  }

  report(platform: string, { components, corrected }: Outcome, ready: boolean): void {
    this.#components.set({ platform }, components.length);
    this.#componentsReady.set({ platform }, components.filter(({ state }) => state === "Ready").length);
    this.#ready.set({ platform }, ready ? 1 : 0);
    for (const { kind } of corrected) this.#corrections.inc({ kind });
  }

  forget(platform: string): void {
    for (const gauge of [this.#components, this.#componentsReady, this.#ready]) gauge.remove({ platform });
  }
}
