import type { PostgreSQLStatus } from "@profile-platform/crds";
import {
  type ConnectionUsers,
  connectionBudget,
  overcommitment,
} from "../../components/data-layer/postgresql/connections.ts";
import { REASON } from "../../errors.ts";
import type { Finding } from "./conditions/finding.ts";

/** Whether PostgreSQL accepts as many connections as everything of the platform may open together. */
export interface Connections {
  /** Undefined where it does. */
  readonly overcommitted: Finding | undefined;
  readonly status: Pick<PostgreSQLStatus, "maxConnections" | "peakConnections">;
}

/** @param accepted by the cluster that runs; undefined where that is not known */
export function connectionsOf(model: ConnectionUsers, accepted: number | undefined): Connections | undefined {
  if (accepted === undefined) return undefined;
  const message = overcommitment(model, accepted);
  return {
    overcommitted:
      message === undefined ? undefined : { status: "True", reason: REASON.connectionsOvercommitted, message },
    status: { maxConnections: accepted, peakConnections: connectionBudget(model).total },
  };
}
