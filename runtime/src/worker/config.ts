import { poolSizes } from "../connections.ts";
import {
  breakerVariables,
  type Configuration,
  cacheVariables,
  commonVariables,
  type Environment,
  integer,
  listenVariables,
  loadConfig,
  poolSize,
  port,
  portRules,
  postgresVariables,
  queueVariables,
  redisVariables,
  shutdownVariables,
} from "../kit/config.ts";
import { traceRules, traceVariables } from "../kit/traces/config.ts";
import { shardVariables } from "../shards/config.ts";

/** Where the worker listens unless its variables say otherwise: on one machine with a server, too. */
const workerPorts = { WORKER_PORT: 8081, METRICS_PORT: 9091 } as const;

export const workerVariables = {
  ...commonVariables,
  ...listenVariables,
  ...postgresVariables,
  ...shardVariables,
  /** Connections for tasks; never more than tasks at once. */
  DB_POOL_SIZE: poolSize(poolSizes.worker),
  ...redisVariables,
  ...queueVariables,
  ...cacheVariables,
  ...shutdownVariables,
  ...breakerVariables,
  ...traceVariables,
  WORKER_PORT: port(workerPorts.WORKER_PORT),
  METRICS_PORT: port(workerPorts.METRICS_PORT),
  WORKER_CONCURRENCY: integer(10, 1, 1_000),
};

/** @throws OperatorError naming every variable that is wrong, alone or beside others */
export function loadWorkerConfig(environment: Environment): Configuration<typeof workerVariables> {
  return loadConfig(workerVariables, environment, (given) => ({
    ...portRules(workerPorts, given),
    ...traceRules(given),
  }));
}
