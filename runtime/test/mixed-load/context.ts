import type { Connections } from "./connections.ts";
import type { Samples } from "./figures/samples.ts";
import type { Ledger } from "./oracle/ledger.ts";
import type { TaskHistory } from "./oracle/task-history.ts";
import type { Population } from "./population.ts";

/** A creation that may be sent again: with its key it takes effect once. */
export interface PendingCreation {
  readonly key: string;
  readonly name: string;
  readonly email: string;
  readonly text: string;
  /** When it was sent first, in milliseconds since the load began. */
  readonly sentAt: number;
}

/** A delayed task that may be sent again. */
export interface PendingTask {
  readonly key: string;
  readonly text: string;
  readonly delaySeconds: number;
  readonly history: TaskHistory;
}

/** What operations share. */
export interface Context {
  readonly connections: Connections;
  readonly ledger: Ledger;
  readonly samples: Samples;
  readonly population: Population;
  /** Profiles that only delayed tasks write. */
  readonly targets: readonly TaskHistory[];
  /** Creations and tasks that were not answered. They are sent again, one of them whenever one is due. */
  readonly creations: PendingCreation[];
  readonly tasks: PendingTask[];
  /** A text that no other write has. */
  readonly newText: () => string;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Milliseconds since the load began. */
  readonly now: () => number;
}
