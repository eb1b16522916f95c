import type { ComponentState } from "../status/component-state.ts";
import type { Connections } from "../status/connections.ts";
import type { Protection } from "../status/protection.ts";
import type { Contest } from "./contests.ts";

/** An object that belongs to somebody else, and what to do about it. */
export interface Refusal {
  /** `Kind namespace/name`. */
  readonly object: string;
  /** Whose it is and the cure, in a sentence. */
  readonly message: string;
}

/** An object that the API server would not take. */
export interface Failure {
  readonly object: string;
  readonly message: string;
}

/** An object that somebody changed or deleted, put back. */
export interface Correction {
  readonly kind: string;
  readonly object: string;
  /** Paths of the fields that were put back; empty when the whole object was. */
  readonly fields: readonly string[];
  /** Field managers that had set them, where that is known. */
  readonly managers: readonly string[];
}

/** A workload whose pods the operator made restart. */
export interface Restart {
  /** `Kind namespace/name`. */
  readonly object: string;
  /** Why, each part of a sentence: `image of container redis changed from a to b`. Never a value of a setting. */
  readonly causes: readonly string[];
}

/** The user asked that the spec is not rolled out for the time being. */
export interface Paused {
  /** What is unclear about the annotation's value, and the cure, in a sentence; undefined when it is `true`. */
  readonly doubt: string | undefined;
  /** Objects that differ from the spec as far as is known, or that it no longer wants. */
  readonly held: readonly string[];
  /** The spec was changed since it was rolled out last, though no object is known to differ for it. */
  readonly specChanged: boolean;
  /** Nothing of the platform exists yet. */
  readonly untouched: boolean;
}

/** Workloads whose pods would restart without the user's having changed anything: one platform at a time may. */
export interface AwaitedTurn {
  readonly objects: readonly string[];
  /** The platform whose turn is right before; undefined when this one's comes now. */
  readonly after: string | undefined;
}

/** Times in milliseconds since the epoch. */
export interface Turn {
  readonly since: number;
  /** When the next platform gets it, even if this one is not Ready by then. */
  readonly until: number;
}

/** Why nothing can be applied until somebody changes a manifest. */
export interface Blocked {
  readonly reason: "InvalidSpec" | "PrefixTaken";
  readonly message: string;
}

/** What one reconcile found and did: status, conditions, Events and metrics are made from it and nothing else. */
export interface Outcome {
  readonly blocked: Blocked | undefined;
  /** In the order in which they are applied; empty when blocked. */
  readonly components: readonly ComponentState[];
  readonly refusals: readonly Refusal[];
  readonly failures: readonly Failure[];
  /** Objects at which the API server failed, each message a sentence about it: tried again by itself. */
  readonly serverErrors: readonly Failure[];
  /** What the cluster has yet to do before everything can be applied, each a sentence. */
  readonly waits: readonly string[];
  /** Objects that did not exist before. */
  readonly created: readonly string[];
  /** Objects that were changed because something else is wanted now. */
  readonly configured: readonly string[];
  readonly corrected: readonly Correction[];
  readonly pruned: readonly string[];
  readonly restarted: readonly Restart[];
  /** Who sets fields that the operator sets, again and again. */
  readonly contests: readonly Contest[];
  /** Undefined when it is not paused. */
  readonly paused: Paused | undefined;
  /** Undefined when nothing waits for its turn. */
  readonly awaitedTurn: AwaitedTurn | undefined;
  /** The turn that the platform has now. */
  readonly turn: Turn | undefined;
  /** Its turn ran out before it was Ready. */
  readonly turnExpired: boolean;
  /** Every workload runs, or is about to, as this generation of the spec wants it. */
  readonly rolledOut: boolean;
  /** How well the data is protected; undefined without backups, and where nobody has looked. */
  readonly protection?: Protection | undefined;
  /** Connections to PostgreSQL; undefined while nobody knows what it accepts. */
  readonly connections?: Connections | undefined;
}

/** An outcome in which nothing was found and nothing done. */
export const NOTHING_DONE: Outcome = {
  blocked: undefined,
  components: [],
  refusals: [],
  failures: [],
  serverErrors: [],
  waits: [],
  created: [],
  configured: [],
  corrected: [],
  pruned: [],
  restarted: [],
  contests: [],
  paused: undefined,
  awaitedTurn: undefined,
  turn: undefined,
  turnExpired: false,
  rolledOut: false,
};
