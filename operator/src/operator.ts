import { hostname } from "node:os";
import { readImages } from "./cli/image-file.ts";
import type { RunConfiguration } from "./config.ts";
import { Cache } from "./engine/cache/cache.ts";
import { ApiClient } from "./engine/client/api-client.ts";
import { EventRecorder } from "./engine/events/event-recorder.ts";
import { systemClock } from "./engine/kit/clock.ts";
import { createLogger, type Logger } from "./engine/kit/log.ts";
import { LeaderElector } from "./engine/leadership/leader-elector.ts";
import { Metrics } from "./engine/metrics/metrics.ts";
import { leaderHoldsLease, reflectorsAsk, workersMove } from "./engine/process/health.ts";
import { type HttpServer, startHttpServer } from "./engine/process/http-server.ts";
import { collectWhenIdle } from "./engine/process/idle-collector.ts";
import { startProfilingServer } from "./engine/process/profiling-server.ts";
import { FIELD_MANAGER } from "./names.ts";
import { createPlatformController } from "./platform/index.ts";
import { BUILD, VERSION } from "./version.ts";

const SYNC_TIMEOUT_MS = 120_000;

/**
 * Runs the operator until `signal` aborts: configuration → clients → cache → lease → controller. Resolves when what was
 * in flight has ended and the lease is released. Rejects when the cache cannot be filled, or when the lease was lost:
 * then nothing of this process may go on.
 */
export async function runOperator(configuration: RunConfiguration, signal: AbortSignal): Promise<void> {
  const log = createLogger(configuration.logLevel);
  log.info({ version: VERSION, build: BUILD, node: process.version }, "The operator starts");
  const images = readImages(configuration.images);
  const identity = configuration.identity ?? `${hostname()}_${process.pid}`;
  const metrics = new Metrics();
  metrics.collectProcess();
  const client = connect(configuration, metrics, log);
  const { namespace, serviceAccount } = configuration;

  let leads = false;
  // Without an election nobody leads: then there is no such figure, rather than one that says so for ever.
  const showLeading = configuration.leaderElect ? metrics.leader(FIELD_MANAGER) : () => undefined;
  const elector = new LeaderElector({
    client,
    namespace,
    name: FIELD_MANAGER,
    identity,
    log,
    onStarted: (leading) => work(leading),
    onStatus: (now) => {
      leads = now;
      showLeading(now);
    },
  });
  const writer = configuration.leaderElect ? client.fenced(elector.fence) : client;
  const recorder = new EventRecorder({
    client: writer,
    reportingController: `profileplatform.io/${FIELD_MANAGER}`,
    reportingInstance: identity,
    log,
  });
  const cache = new Cache({ client, log, metrics });
  const controller = createPlatformController({
    client: writer,
    cache,
    recorder,
    metrics,
    log,
    images,
    operator: { namespace, serviceAccount },
    maxConcurrentReconciles: configuration.maxConcurrentReconciles,
  });
  // The last events are written while the lease is still held: afterwards nothing may be.
  const work = async (working: AbortSignal): Promise<void> => {
    await controller.run(working);
    await recorder.flush();
  };

  let synced = false;
  const server = await startHttpServer({
    port: configuration.metricsPort,
    metrics,
    healthz: {
      ping: () => undefined,
      workers: workersMove(metrics),
      reflectors: reflectorsAsk(metrics),
      lease: leaderHoldsLease(
        () => leads,
        () => elector.isLeader,
        systemClock,
      ),
    },
    readyz: {
      cache: () => {
        if (!synced) throw new Error("the cache is being filled");
      },
    },
  });
  log.info({ port: server.port, identity }, "Serving metrics and health");
  const profiling = await serveProfiles(configuration, log);
  const watching = new AbortController();
  try {
    cache.start(watching.signal);
    void giveMemoryBack(watching.signal);
    await untilSynced(cache, signal);
    if (signal.aborted) return;
    synced = true;
    log.info("The cache is filled");
    await (configuration.leaderElect ? lead(elector, signal) : work(signal));
  } finally {
    watching.abort();
    await server.close();
    await profiling?.close();
    client.close();
    logEnd(log, signal);
  }
}

/** Node.js has to be told to let its program collect garbage: `--expose-gc`. */
async function giveMemoryBack(signal: AbortSignal): Promise<void> {
  const { gc } = globalThis;
  if (gc === undefined) return;
  let last = performance.eventLoopUtilization();
  const busyShare = (): number => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
  await collectWhenIdle(
    {
      clock: systemClock,
      heapSize: () => process.memoryUsage().heapTotal,
      busyShare,
      collect: () => gc({ type: "major", execution: "sync", flavor: "last-resort" }),
    },
    signal,
  );
}

async function serveProfiles(configuration: RunConfiguration, log: Logger): Promise<HttpServer | undefined> {
  if (!configuration.profiling) return undefined;
  const server = await startProfilingServer({ port: configuration.profilingPort, log });
  log.info({ port: server.port }, "Serving profiles on the loopback address");
  return server;
}

function connect({ kubeconfig }: RunConfiguration, metrics: Metrics, log: Logger): ApiClient {
  // The host is known only once the client is made, and its requests come later still.
  let onRequest: (code: string, method: string, seconds: number) => void = () => undefined;
  const client = ApiClient.fromKubeConfig({
    ...(kubeconfig === undefined ? {} : { kubeconfigPath: kubeconfig }),
    userAgent: FIELD_MANAGER,
    log,
    onRequest: (code, method, seconds) => onRequest(code, method, seconds),
  });
  onRequest = metrics.restClient(client.host);
  return client;
}

/** A stop does not wait for a cluster that does not answer. */
async function untilSynced(cache: Cache, signal: AbortSignal): Promise<void> {
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const stop = (): void => resolve();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  await Promise.race([cache.waitForSync(SYNC_TIMEOUT_MS), stopped]);
  signal.removeEventListener("abort", stop);
}

async function lead(elector: LeaderElector, signal: AbortSignal): Promise<void> {
  if ((await elector.run(signal)) === "lost") {
    throw new Error(
      "the lease was lost to another process, or could not be renewed in time: start again to wait for it",
    );
  }
}

function logEnd(log: Logger, signal: AbortSignal): void {
  log.info({ asked: signal.aborted }, "The operator ends");
}
