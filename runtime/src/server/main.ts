import type { Redis } from "ioredis";
import { authSettings } from "../auth/config.ts";
import { openAuth } from "../auth/open.ts";
import { sidePools } from "../connections.ts";
import { openEvents } from "../events/open.ts";
import { EventRecord } from "../events/record.ts";
import { Idempotency } from "../idempotency/idempotency.ts";
import { createIdempotencyMetrics } from "../idempotency/metrics.ts";
import { createIdempotencySweeper } from "../idempotency/sweeper.ts";
import { openImages } from "../images/open.ts";
import { Breakers } from "../kit/breakers.ts";
import { Health } from "../kit/health.ts";
import { createApp } from "../kit/http/app.ts";
import { listen } from "../kit/http/listen.ts";
import { createMetricsApp } from "../kit/http/metrics-app.ts";
import { createLogger } from "../kit/log.ts";
import { runMain } from "../kit/main.ts";
import { createDependencyGauge, createRegistry } from "../kit/metrics.ts";
import { untilReady } from "../kit/retry.ts";
import { aborted, shutDown, terminationSignal } from "../kit/shutdown.ts";
import { postgresDependency, rabbitDependency, redisDependency } from "../kit/stores/dependencies.ts";
import { Postgres } from "../kit/stores/postgres.ts";
import { QueryMetrics } from "../kit/stores/postgres-metrics.ts";
import { Rabbit } from "../kit/stores/rabbitmq.ts";
import { awaitRedis, closeRedis, connectRedis } from "../kit/stores/redis.ts";
import { traceSettings } from "../kit/traces/config.ts";
import { openTraces } from "../kit/traces/open.ts";
import { openLimits } from "../limits/open.ts";
import { ProfileService } from "../profiles/service.ts";
import { openReplica } from "../replica/open.ts";
import { requireSchema } from "../schema/version.ts";
import { SingleDatabase } from "../shards/databases.ts";
import { openShards } from "../shards/open.ts";
import { requireUnshared } from "../shards/require.ts";
import { openShedding } from "../shedding/open.ts";
import { openStores, postgresSettings, redisSettings } from "../stores.ts";
import { createTaskGauges } from "../tasks/census.ts";
import { TaskControl } from "../tasks/control.ts";
import { TaskDispatcher } from "../tasks/dispatcher.ts";
import { createDispatchMetrics, createRemovedCounter } from "../tasks/metrics.ts";
import { TaskPublisher } from "../tasks/publisher.ts";
import { createTaskRetention } from "../tasks/retention.ts";
import { TaskSchedule } from "../tasks/schedule.ts";
import { loadServerConfig } from "./config.ts";
import { serverOperations } from "./openapi.ts";
import { serverRoutes } from "./routes.ts";

/** Connections accepted in one turn of the event loop: more than it answers, so that what is too much is seen and refused. */
const acceptedAtOnce = 16;

await runMain("server", true, async () => {
  const config = loadServerConfig(process.env);
  const log = createLogger("server", config.LOG_LEVEL);
  const signal = terminationSignal(log);
  const registry = createRegistry();
  const traces = await openTraces({ settings: traceSettings(config, "server"), registry, log });

  const queries = new QueryMetrics(registry);
  const breakers = new Breakers({ config, registry, log });
  const { db, controlDb, breaker, redis, cache, trust } = openStores({
    name: "server",
    config,
    connections: config.DB_POOL_SIZE,
    breakers,
    registry,
    queries,
    log,
  });

  const now = (): number => performance.now();
  const postgres = postgresSettings(config, "server");
  const replica = openReplica({
    config,
    settings: { ...postgres, maximum: config.DB_POOL_SIZE },
    db,
    controlDb,
    breakers,
    registry,
    queries,
    log,
    now,
  });
  const shards =
    config.DB_SHARDS === undefined
      ? undefined
      : openShards({
          addresses: config.DB_SHARDS,
          settings: { ...postgres, maximum: config.DB_POOL_SIZE },
          db,
          breaker,
          breakers,
          registry,
          queries,
          log,
          now,
        });
  const databases = shards?.databases ?? new SingleDatabase(db, replica?.reads);
  const clockworkDb = new Postgres({ ...postgres, maximum: sidePools.clockwork }, log, {
    breaker,
    times: queries.of("clockwork"),
  });
  const eventsDb = new Postgres({ ...postgres, maximum: sidePools.events }, log, {
    breaker,
    times: queries.of("events"),
  });
  const publisher = new TaskPublisher(log);
  const metrics = createDispatchMetrics(registry);
  const dispatcher = new TaskDispatcher({ db: clockworkDb, publisher, metrics, log, now });
  const retention = createTaskRetention({
    db: clockworkDb,
    retention: config.TASK_RETENTION,
    removed: createRemovedCounter(registry),
    log,
    random: Math.random,
  });
  createTaskGauges({ registry, db: clockworkDb, log, now });
  const rabbit = new Rabbit({
    uri: config.QUEUE_URI,
    connectionName: "server",
    log,
    async setUp(connection) {
      await publisher.setUp(connection);
      dispatcher.resume();
    },
  });
  // A connection of its own: what Redis may take here is less, and what the cache asks for must not be waited for.
  const limitsRedis = connectRedis(
    { ...redisSettings(config, "server-limits"), commandTimeout: config.RATE_LIMIT_REDIS_TIMEOUT },
    log.child({ connection: "rate limits" }),
  );
  const limits = openLimits({ config, redis: limitsRedis, breakers, registry, now });
  const shedder = openShedding({ config, db, registry, now, random: Math.random });
  const settings = authSettings(config);
  const auth = openAuth({ settings, operations: serverOperations, limits, registry, log });
  const health = new Health({
    dependencies: [
      postgresDependency(controlDb, breaker),
      ...(replica === undefined ? [] : [replica.dependency]),
      ...(shards?.dependencies ?? []),
      auth.dependency,
      redisDependency(redis),
      rabbitDependency(rabbit, false),
    ],
    gauge: createDependencyGauge(registry),
    log,
  });
  const schedule = new TaskSchedule(db);
  const idempotencyMetrics = createIdempotencyMetrics(registry);
  const sweeper = createIdempotencySweeper({
    db: clockworkDb,
    metrics: idempotencyMetrics,
    log,
    random: Math.random,
  });
  const idempotency = new Idempotency(databases, idempotencyMetrics);
  const images = await openImages({
    config,
    db,
    databases,
    clockworkDb,
    cache,
    idempotency,
    breakers,
    registry,
    log,
    now,
    random: Math.random,
  });
  const events = openEvents({
    config,
    record: new EventRecord(eventsDb),
    clockworkDb,
    verify: auth.verify,
    registry,
    log,
    now,
    time: Date.now,
    random: Math.random,
  });
  const routers = serverRoutes({
    profiles: new ProfileService(databases, cache),
    images: images.routes,
    tasks: { schedule, control: new TaskControl(db, schedule), dispatcher, db, now: Date.now },
    events: events.routes,
    idempotency,
  });
  const app = createApp({
    log,
    registry,
    health,
    trustedProxyHops: config.TRUSTED_PROXY_HOPS,
    allowedOrigins: config.API_ALLOWED_ORIGINS,
    admit: shedder.admit,
    guard: auth.guard,
    routers,
  });
  const scrapes = await listen(createMetricsApp({ log, registry }), config.METRICS_PORT, 1, config.LISTEN_HOST);
  const http = await listen(app, config.SERVER_PORT, acceptedAtOnce, config.LISTEN_HOST);
  log.info({ port: http.port, metricsPort: scrapes.port }, "listening");
  health.start();
  shedder.start();
  const keysRead = auth.keys.start();

  await untilReady(() => requireSchema(controlDb), { name: "waiting for PostgreSQL and its schema", log, signal });
  const requireProfiles = (): Promise<void> => shards?.ready() ?? requireUnshared(controlDb);
  await untilReady(requireProfiles, { name: "finding out where profiles are", log, signal });
  // Without Redis the cache is declared distrusted for a while: worth a moment's patience when all start together.
  await awaitRedis(redis, 3_000);
  await trust.start();
  // Requests must not be refused only because the first read is under way.
  await keysRead;
  await rabbit.start();
  dispatcher.wake();
  sweeper.start();
  retention.start();
  images.removal.start();
  events.retention.start();
  shards?.chores.start();
  events.feed.start();
  events.connections.start();
  health.setObstacle(undefined);
  log.info("ready to serve");

  await aborted(signal);
  const clean = await shutDown({
    log,
    gracePeriod: config.SHUTDOWN_GRACE_PERIOD,
    startDraining: () => health.setObstacle("draining"),
    steps: [
      { name: "ending connections for events", run: () => events.connections.close() },
      { name: "answering requests in flight", run: () => http.close() },
      { name: "stopping the dispatcher", run: () => dispatcher.stop() },
      { name: "stopping the sweeper of idempotency keys", run: () => sweeper.stop() },
      { name: "stopping the feed of events", run: () => events.feed.stop() },
      { name: "stopping the removal of old events", run: () => events.retention.stop() },
      { name: "stopping the removal of ended tasks", run: () => retention.stop() },
      { name: "stopping the removal of images", run: () => images.removal.stop() },
      { name: "stopping what several databases need", run: () => shards?.chores.stop() },
      { name: "closing the store of images", run: () => images.close() },
      { name: "closing RabbitMQ", run: () => rabbit.stop() },
      // Some are asked of Redis and PostgreSQL.
      { name: "closing the port for metrics", run: () => scrapes.close() },
      { name: "stopping checks", run: () => stopAll([trust, auth.keys, health, shedder, breakers]) },
      { name: "closing Redis", run: () => closeAllRedis([redis, limitsRedis]) },
      { name: "closing other databases", run: () => shards?.close() },
      {
        name: "closing PostgreSQL",
        run: () => closeAll([db, ...(replica?.pools ?? []), controlDb, clockworkDb, eventsDb]),
      },
      { name: "sending the last spans", run: (left) => traces.stop(left) },
    ],
  });
  for (const port of [http, scrapes]) port.destroy();
  if (!clean) process.exitCode = 1;
});
process.exit();

function stopAll(checks: readonly { stop(): void }[]): void {
  for (const check of checks) check.stop();
}

async function closeAllRedis(connections: readonly Redis[]): Promise<void> {
  await Promise.all(connections.map((connection) => closeRedis(connection)));
}

async function closeAll(pools: readonly Postgres[]): Promise<void> {
  await Promise.all(pools.map((pool) => pool.close()));
}
