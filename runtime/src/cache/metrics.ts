import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export type CacheOperation = "get" | "fill" | "begin_write" | "end_write";

/** The names are a contract with dashboards and alerts. */
export interface CacheMetrics {
  hit(): void;
  miss(): void;
  /** By where the profile came from. */
  readonly reads: Readonly<Record<"cache" | "database", Pick<Histogram.Internal<"source">, "observe">>>;
  readonly evictions: Counter;
  readonly errors: Counter;
  readonly latency: Histogram<"operation">;
}

/**
 * @param size asked at each scrape for the number of unexpired entries in the cache in use
 * @param maxEntries what that may be at most
 */
export function createCacheMetrics(registry: Registry, size: () => Promise<number>, maxEntries: number): CacheMetrics {
  const registers = [registry];
  // Kept beside the counters, which can be read back only asynchronously.
  let hitCount = 0;
  let missCount = 0;
  let missesInARow = 0;
  const hits = new Counter({ name: "cache_hits_total", help: "Profile reads answered from the cache.", registers });
  const misses = new Counter({
    name: "cache_misses_total",
    help: "Profile reads that went to the database.",
    registers,
  });
  const sizeGauge = new Gauge({
    name: "cache_size",
    help: "Unexpired entries in the cache that this process uses.",
    registers: [],
    async collect() {
      this.set(await size());
    },
  });
  const hitRatio = new Gauge({
    name: "cache_hit_ratio",
    help: "Hits divided by reads since the process started; 0 before the first read.",
    registers: [],
    collect() {
      this.set(hitCount + missCount === 0 ? 0 : hitCount / (hitCount + missCount));
    },
  });
  const maximum = new Gauge({
    name: "cache_max_entries",
    help: "Unexpired entries that the cache may have at most.",
    registers: [],
  });
  maximum.set(maxEntries);
  const consecutiveMisses = new Gauge({
    name: "cache_consecutive_misses",
    help: "Misses since the last hit of this process.",
    registers: [],
    collect() {
      this.set(missesInARow);
    },
  });
  const reads = new Histogram({
    name: "profile_read_duration_seconds",
    help: "Time that a read of a profile took, by where it came from.",
    labelNames: ["source"],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });
  for (const gauge of [sizeGauge, maximum, hitRatio, consecutiveMisses]) registry.registerMetric(gauge);
  return {
    hit() {
      hitCount += 1;
      missesInARow = 0;
      hits.inc();
    },
    miss() {
      missCount += 1;
      missesInARow += 1;
      misses.inc();
    },
    // Bound to their labels: these are observed with each read.
    reads: { cache: reads.labels("cache"), database: reads.labels("database") },
    evictions: new Counter({
      name: "cache_evictions_total",
      help: "Entries pushed out by newer ones, through operations of this process.",
      registers,
    }),
    errors: new Counter({
      name: "cache_errors_total",
      help: "Operations that Redis failed or did not answer.",
      registers,
    }),
    latency: new Histogram({
      name: "cache_operation_latency_seconds",
      help: "Time that one operation on the cache took.",
      labelNames: ["operation"],
      buckets: [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25],
      registers,
    }),
  };
}
