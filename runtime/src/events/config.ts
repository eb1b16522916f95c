import { duration, integer, origins } from "../kit/config.ts";

/** What the server's stream of events reads. */
export const eventVariables = {
  /** For how long an event is kept for clients that were away. */
  EVENT_RETENTION: duration("1h", 1_000),
  /** Connections that a server may have at once. */
  EVENT_CONNECTIONS: integer(1_000, 1, 100_000),
  /** Of pages that may connect; absent for all. */
  EVENT_ALLOWED_ORIGINS: origins(),
};
