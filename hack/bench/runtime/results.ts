import type { Machine } from "../machine.ts";

export const SIDES = ["service", "stock", "tuned"] as const;
/** The project's server; express with pg as a tutorial has it; Go with gin, pgx and go-redis. */
export type Side = (typeof SIDES)[number];

export const OPERATIONS = ["cachedRead", "uncachedRead", "list", "create", "update", "delete"] as const;
/** What is done with profiles, as its answer tells it. */
export type Operation = (typeof OPERATIONS)[number];

export const CAPACITY_PARTS = [...OPERATIONS, "mix"] as const;
/** What is sent as fast as it is answered: one operation, or all of them together. */
export type CapacityPart = (typeof CAPACITY_PARTS)[number];

export const RATE_PARTS = ["sources", "half"] as const;
/** What is sent at a rate: the mix at that of the sources, and at half of what the side can do. */
export type RatePart = (typeof RATE_PARTS)[number];

/** How much was done, and what it took. */
export interface Capacity {
  /** Requests a second. */
  readonly perSecond: number;
  /** Requests for each second of CPU time of the server's process. */
  readonly perCpuSecond: number;
  /** Cores that were busy: with the server, with the load generator, and all of the machine's. */
  readonly cores: { readonly server: number; readonly load: number; readonly machine: number };
  readonly operations: Operations;
}

/** How long answers took, by what was done. */
export type Operations = Readonly<Partial<Record<Operation | "task", Latencies>>>;

/** Of answers, in milliseconds. */
export interface Latencies {
  readonly requests: number;
  readonly least: number;
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

/** How long answers took at a rate, from when their requests were due. */
export interface AtRate {
  /** Requests a second. */
  readonly rate: number;
  readonly operations: Operations;
  readonly cores: Capacity["cores"];
}

/** How late delayed tasks began, in milliseconds. */
export interface Lateness {
  readonly tasks: number;
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

/** One side in one round. What did not count is missing, and told in `problems`. */
export interface SideResult {
  readonly round: number;
  readonly side: Side;
  readonly capacity: Partial<Record<CapacityPart, Capacity>>;
  readonly atRate: Partial<Record<RatePart, AtRate>>;
  /** Of the project's server and worker only. */
  readonly lateness?: Lateness;
  /** MiB that the server had resident at most. */
  readonly memoryPeak?: number;
  /** Why a part does not count, a sentence each. */
  readonly problems: readonly string[];
}

export interface RuntimeMachine extends Machine {
  readonly postgresql: string;
  readonly redis: string;
  readonly express: string;
  readonly gin: string;
}

/** Everything that a run measured, as it is written to the file of raw results. */
export interface Results {
  readonly began: string;
  readonly machine: RuntimeMachine;
  readonly settings: {
    readonly seconds: number;
    readonly connections: number;
    readonly rate: number;
    readonly tasksPerSecond: number;
  };
  readonly rounds: readonly SideResult[];
}
