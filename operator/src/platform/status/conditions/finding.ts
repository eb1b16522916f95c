import type { Condition } from "@profile-platform/crds";
import type { Reason } from "../../../errors.ts";

/** What a condition says, before it is written with its generation and time. */
export interface Finding {
  readonly status: Condition["status"];
  readonly reason: Reason;
  readonly message: string;
}
