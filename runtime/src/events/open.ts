import type { Registry } from "prom-client";
import type { Verifier } from "../auth/verify.ts";
import type { Configuration } from "../kit/config.ts";
import type { Logger } from "../kit/log.ts";
import type { Postgres } from "../kit/stores/postgres.ts";
import type { Sweeper } from "../kit/sweeper.ts";
import { Turns } from "../kit/turns.ts";
import type { eventVariables } from "./config.ts";
import { EventConnections } from "./connections.ts";
import { EventFeed } from "./feed.ts";
import { EventHub } from "./hub.ts";
import { createEventMetrics } from "./metrics.ts";
import type { EventRecord } from "./record.ts";
import { createEventRetention } from "./retention.ts";
import type { EventRoutesOptions } from "./router.ts";

export interface EventsOptions {
  readonly config: Configuration<typeof eventVariables>;
  /** With one connection for the feed, and one for all who catch up. */
  readonly record: Pick<EventRecord, "end" | "look" | "range">;
  readonly clockworkDb: Pick<Postgres, "query">;
  readonly verify: Verifier;
  readonly registry: Registry;
  readonly log: Logger;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Milliseconds since 1970. */
  readonly time: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

export interface Events {
  readonly routes: EventRoutesOptions;
  readonly feed: EventFeed;
  readonly connections: EventConnections;
  readonly retention: Sweeper;
}

/** The stream of events as a service uses it. Nothing is read yet. */
export function openEvents(options: EventsOptions): Events {
  const { config, record, clockworkDb, verify, registry, log, now, time, random } = options;
  const metrics = createEventMetrics(registry);
  const hub = new EventHub({ metrics, now });
  const feed = new EventFeed({ record, hub, metrics, log, now, random });
  const sources = { record, feed, hub, metrics, turns: new Turns() };
  const connections = new EventConnections({
    sources,
    metrics,
    log,
    limit: config.EVENT_CONNECTIONS,
    now,
    time,
    random,
  });
  const retention = createEventRetention({
    db: clockworkDb,
    retention: config.EVENT_RETENTION,
    removed: metrics.removed,
    log,
    random,
  });
  return {
    routes: { connections, verify, allowedOrigins: config.EVENT_ALLOWED_ORIGINS },
    feed,
    connections,
    retention,
  };
}
