import { Registry } from "prom-client";
import { authRules, authSettings, authVariables } from "../src/auth/config.ts";
import { openAuth } from "../src/auth/open.ts";
import { eventVariables } from "../src/events/config.ts";
import { type Events, openEvents } from "../src/events/open.ts";
import { eventOperations } from "../src/events/openapi.ts";
import { eventRoutes } from "../src/events/router.ts";
import { type Environment, loadConfig } from "../src/kit/config.ts";
import { Health } from "../src/kit/health.ts";
import { createApp } from "../src/kit/http/app.ts";
import { type Listening, listen } from "../src/kit/http/listen.ts";
import { createLogger } from "../src/kit/log.ts";
import { createDependencyGauge } from "../src/kit/metrics.ts";
import { EventModel } from "./event-model.ts";

/** The stream of events with authentication in front of it, and a record that is a list. */
export interface EventServer {
  readonly record: EventModel;
  readonly events: Events;
  readonly http: Listening;
  readonly url: string;
  /** Milliseconds by which its clocks go before. */
  ahead: number;
  /** Reads the keys of the issuer once more. */
  readKeys(): Promise<void>;
  /** Whether a line stands among its metrics. */
  metric(line: string): Promise<boolean>;
  close(): Promise<void>;
}

/** @param trusted says whose tokens it accepts */
export async function serveEvents(trusted: Environment, variables: Environment = {}): Promise<EventServer> {
  const record = new EventModel();
  const registry = new Registry();
  const log = createLogger("test", "silent");
  const settings = authSettings(loadConfig(authVariables, trusted, authRules));
  const auth = openAuth({ settings, operations: eventOperations, registry, log });
  await auth.keys.start();
  const events = openEvents({
    config: loadConfig(eventVariables, variables),
    record,
    clockworkDb: { query: async () => [] },
    verify: auth.verify,
    registry,
    log,
    now: () => performance.now() + server.ahead,
    time: () => Date.now() + server.ahead,
    random: Math.random,
  });
  const health = new Health({ dependencies: [], gauge: createDependencyGauge(registry), log });
  health.setObstacle(undefined);
  const routers = [eventRoutes(events.routes)];
  const http = await listen(createApp({ log, registry, health, guard: auth.guard, routers }), 0);
  const server: EventServer = {
    record,
    events,
    http,
    url: `http://127.0.0.1:${http.port}`,
    ahead: 0,
    readKeys: () => auth.keys.start(),
    metric: async (line) => (await registry.metrics()).includes(line),
    async close() {
      await events.connections.close();
      await events.feed.stop();
      auth.keys.stop();
      http.destroy();
      await http.close();
    },
  };
  events.feed.start();
  events.connections.start();
  return server;
}
