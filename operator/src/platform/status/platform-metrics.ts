import type { ProfilePlatformStatus } from "@profile-platform/crds";
import type { Counter, Registry } from "prom-client";
import { type Clock, systemClock } from "../../engine/kit/clock.ts";
import { counter, readGauge } from "../../engine/kit/metric-families.ts";
import type { Correction } from "../apply/outcome.ts";
import { APPLIED_TYPES } from "../live/kinds.ts";
import { PLATFORM_FIGURES } from "./platform-figures.ts";

interface Shown {
  readonly status: ProfilePlatformStatus;
  /** When everything was last found applied, in milliseconds since the epoch. */
  readonly appliedAt: number | undefined;
}

/** Figures of platforms: what their status says, in numbers. Those of a platform that is gone go with it. */
export class PlatformMetrics {
  readonly #clock: Pick<Clock, "now">;
  readonly #corrections: Counter<"kind">;
  readonly #platforms = new Map<string, Shown>();

  constructor(registry: Registry, clock: Pick<Clock, "now"> = systemClock) {
    this.#clock = clock;
    for (const { name, help, labels, read } of PLATFORM_FIGURES) {
      readGauge(registry, {
        name,
        help,
        labels: ["platform", ...labels],
        read: () =>
          [...this.#platforms].flatMap(([platform, { status }]) =>
            read(status).map((reading) => ({ labels: { platform, ...reading.labels }, value: reading.value })),
          ),
      });
    }
    readGauge(registry, {
      name: "profileplatform_since_applied_seconds",
      help: "Time since everything that a platform asks for was last found applied",
      labels: ["platform"],
      read: () =>
        [...this.#platforms].flatMap(([platform, { appliedAt }]) =>
          appliedAt === undefined ? [] : [{ labels: { platform }, value: (this.#clock.now() - appliedAt) / 1000 }],
        ),
    });
    readGauge(registry, {
      name: "profileplatform_since_backup_seconds",
      help: "Time since the last backup of a platform that succeeded ended",
      labels: ["platform"],
      read: () =>
        [...this.#platforms].flatMap(([platform, { status }]) => {
          const end = status.postgresql?.lastBackup?.finishedAt;
          return end === undefined
            ? []
            : [{ labels: { platform }, value: (this.#clock.now() - Date.parse(end)) / 1000 }];
        }),
    });
    this.#corrections = counter(registry, {
      name: "profileplatform_drift_corrections_total",
      help: "Objects that somebody changed or deleted, and that were put back",
      labels: ["kind"],
    });
    for (const { kind } of APPLIED_TYPES) this.#corrections.inc({ kind }, 0);
  }

  report(platform: string, status: ProfilePlatformStatus, corrected: readonly Correction[]): void {
    this.#platforms.set(platform, { status, appliedAt: this.#appliedAt(platform, status) });
    this.corrected(corrected);
  }

  corrected(corrections: readonly Correction[]): void {
    for (const { kind } of corrections) this.#corrections.inc({ kind });
  }

  /** `status` says the same as the one that was reported, and is kept anyway. */
  share(platform: string, status: ProfilePlatformStatus): void {
    const shown = this.#platforms.get(platform);
    if (shown !== undefined) this.#platforms.set(platform, { ...shown, status });
  }

  forget(platform: string): void {
    this.#platforms.delete(platform);
  }

  #appliedAt(platform: string, { conditions = [] }: ProfilePlatformStatus): number | undefined {
    const applied = conditions.find(({ type }) => type === "Applied");
    if (applied?.status === "True") return this.#clock.now();
    const known = this.#platforms.get(platform)?.appliedAt;
    // Where the trouble is older than the process, status knows when it began.
    return known ?? (applied === undefined ? undefined : Date.parse(applied.lastTransitionTime));
  }
}
