import type { Program } from "../launch.ts";

/** A data service, ready to be started. */
export interface DataService {
  readonly program: Program;
  /** Whether it answers. May throw, which is a no. */
  readonly isReady: () => Promise<boolean>;
  /** Milliseconds that its start may take. */
  readonly readyWithin: number;
}
