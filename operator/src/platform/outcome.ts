import type { ComponentState } from "./component-state.ts";

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
  /** What the cluster has yet to do before everything can be applied, each a sentence. */
  readonly waits: readonly string[];
  /** Objects that did not exist before. */
  readonly created: readonly string[];
  /** Objects that were changed because something else is wanted now. */
  readonly configured: readonly string[];
  readonly corrected: readonly Correction[];
  readonly pruned: readonly string[];
}

/** An outcome in which nothing was found and nothing done. */
export const NOTHING_DONE: Outcome = {
  blocked: undefined,
  components: [],
  refusals: [],
  failures: [],
  waits: [],
  created: [],
  configured: [],
  corrected: [],
  pruned: [],
};
