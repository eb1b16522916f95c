import type { ProfileApi } from "../../e2e/support/profile-api.ts";
import type { Limits } from "../scenario.ts";
import type { ServiceField } from "./field.ts";

/** What has to hold, beside what always does: every acknowledged write is there, and no read is older. */
export type ServiceLimits = Required<Pick<Limits, "medianGapMs" | "redundancyMs">>;

/** What was written while something went wrong. */
export interface Written {
  /** When each write was acknowledged: milliseconds of the machine's monotonic clock. */
  readonly acknowledgedAt: readonly number[];
  /** Writes that were refused or got no answer, that were lost, and reads that were older than they may be. */
  readonly wrong: readonly string[];
}

export interface Writers {
  /** Stops, and waits until it is known what has become of each acknowledged write. */
  stop(): Promise<Written>;
}

/** Something that goes wrong below the profile service, whose API is written to meanwhile. */
export interface ServiceScenario {
  readonly name: string;
  /** What is done, as part of a sentence. */
  readonly what: string;
  readonly limits: ServiceLimits;
  readonly write: (api: ProfileApi) => Promise<Writers>;
  /** Makes the fault, on services that are whole. */
  readonly strike: (field: ServiceField) => Promise<void>;
  /** Resolves once every member has what it is to have. */
  readonly whole: (field: ServiceField) => Promise<void>;
}
