import type { Credential, CredentialName } from "../components/model.ts";
import type { SigningKey } from "../components/server-layer/auth/signing-key.ts";
import type { Applier } from "../engine/apply/applier.ts";
import type { Contests } from "./apply/contests.ts";
import type { ServerErrors } from "./apply/server-errors.ts";
import type { Troubles } from "./apply/troubles.ts";

/** A key of the embedded issuer, and what was last seen of its Secret. */
export interface HeldKey {
  readonly key: SigningKey;
  /** Of the Secret; undefined before it is made. */
  readonly uid: string | undefined;
  /** `creationTimestamp` of the Secret in milliseconds since the epoch; undefined before it is made. */
  readonly createdAt: number | undefined;
}

/**
 * What the operator remembers of one incarnation of a platform between reconciles. None of it is needed to get the
 * platform right: all of it may be lost with the process.
 */
export interface PlatformMemory {
  readonly uid: string;
  /** Knows what was applied, when drift is told from a change of mind, and by which uid, when labels are gone. */
  readonly applier: Applier;
  /** Content of the generated Secrets, so that one that is deleted comes back with the same values. */
  readonly credentials: Map<CredentialName, Credential>;
  /** Keys of the embedded issuer by their ids; undefined before anybody has looked which there are. */
  signingKeys: Map<string, HeldKey> | undefined;
  /** Namespace → monotonic time of the first of the refusals for want of rights that have not ended yet. */
  readonly deniedSince: Map<string, number>;
  /** Whether the API server keeps failing at objects. */
  readonly serverErrors: ServerErrors;
  /** Since when objects are refused. */
  readonly troubles: Troubles;
  /** Who else sets fields that the operator sets. */
  readonly contests: Contests;
}
