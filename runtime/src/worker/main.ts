import { taskConnections } from "../connections.ts";
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
import { QueryMetrics } from "../kit/stores/postgres-metrics.ts";
import { Rabbit } from "../kit/stores/rabbitmq.ts";
import { awaitRedis, closeRedis } from "../kit/stores/redis.ts";
import { traceSettings } from "../kit/traces/config.ts";
import { openTraces } from "../kit/traces/open.ts";
import { requireSchema } from "../schema/version.ts";
import { SingleDatabase } from "../shards/databases.ts";
import { openShards } from "../shards/open.ts";
import { requireUnshared } from "../shards/require.ts";
import { openStores, postgresSettings } from "../stores.ts";
import { TaskConsumer } from "../tasks/consumer.ts";
import { TaskExecutor } from "../tasks/executor.ts";
import { createExecutionMetrics } from "../tasks/metrics.ts";
import { loadWorkerConfig } from "./config.ts";

await runMain("worker", true, async () => {
  const config = loadWorkerConfig(process.env);
  const log = createLogger("worker", config.LOG_LEVEL);
  const signal = terminationSignal(log);
  const registry = createRegistry();
  const traces = await openTraces({ settings: traceSettings(config, "worker"), registry, log });

  const queries = new QueryMetrics(registry);
  const breakers = new Breakers({ config, registry, log });
  const connections = taskConnections(config.DB_POOL_SIZE, config.WORKER_CONCURRENCY);
  const { db, controlDb, breaker, redis, cache, trust } = openStores({
    name: "worker",
    config,
    connections,
    breakers,
    registry,
    queries,
    log,
  });

  const now = (): number => performance.now();
  const settings = { ...postgresSettings(config, "worker"), maximum: connections };
  const shards =
    config.DB_SHARDS === undefined
      ? undefined
      : openShards({ addresses: config.DB_SHARDS, settings, db, breaker, breakers, registry, queries, log, now });
  const executor = new TaskExecutor({
    db,
    databases: shards?.databases ?? new SingleDatabase(db),
    cache,
    metrics: createExecutionMetrics(registry),
    log,
    now,
  });
  const consumer = new TaskConsumer({ executor, concurrency: config.WORKER_CONCURRENCY, log });
  const rabbit = new Rabbit({
    uri: config.QUEUE_URI,
    connectionName: "worker",
    log,
    setUp: (connection) => consumer.setUp(connection),
  });

  const health = new Health({
    dependencies: [
      postgresDependency(controlDb, breaker),
      ...(shards?.dependencies ?? []),
      redisDependency(redis),
      rabbitDependency(rabbit, true),
    ],
    gauge: createDependencyGauge(registry),
    log,
  });
  const scrapes = await listen(createMetricsApp({ log, registry }), config.METRICS_PORT, 1, config.LISTEN_HOST);
  const http = await listen(createApp({ log, registry, health }), config.WORKER_PORT, 1, config.LISTEN_HOST);
  log.info({ port: http.port, metricsPort: scrapes.port }, "listening");
  health.start();

  await untilReady(() => requireSchema(controlDb), { name: "waiting for PostgreSQL and its schema", log, signal });
  const requireProfiles = (): Promise<void> => shards?.ready() ?? requireUnshared(controlDb);
  await untilReady(requireProfiles, { name: "finding out where profiles are", log, signal });
  await awaitRedis(redis, 3_000);
  await trust.start();
  await rabbit.start();
  health.setObstacle(undefined);
  log.info({ concurrency: config.WORKER_CONCURRENCY }, "taking tasks");

  await aborted(signal);
  const clean = await shutDown({
    log,
    gracePeriod: config.SHUTDOWN_GRACE_PERIOD,
    // Nobody sends requests to a worker: its work is stopped first, and not delayed.
    drainDelay: 0,
    startDraining: () => health.setObstacle("draining"),
    steps: [
      { name: "finishing tasks in hand", run: () => consumer.stop() },
      { name: "closing RabbitMQ", run: () => rabbit.stop() },
      // Some are asked of Redis.
      { name: "closing the port for metrics", run: () => scrapes.close() },
      { name: "stopping checks", run: () => (trust.stop(), health.stop(), breakers.stop()) },
      { name: "closing Redis", run: () => closeRedis(redis) },
      { name: "closing other databases", run: () => shards?.close() },
      { name: "closing PostgreSQL", run: async () => void (await Promise.all([db.close(), controlDb.close()])) },
      { name: "closing the HTTP port", run: () => http.close() },
      { name: "sending the last spans", run: (left) => traces.stop(left) },
    ],
  });
  for (const port of [http, scrapes]) port.destroy();
  if (!clean) process.exitCode = 1;
});
process.exit();
