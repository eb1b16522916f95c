import { authRules, authVariables } from "../auth/config.ts";
import { poolSizes } from "../connections.ts";
import { eventVariables } from "../events/config.ts";
import { imageVariables } from "../images/config.ts";
import {
  breakerVariables,
  type Configuration,
  cacheVariables,
  commonVariables,
  duration,
  type Environment,
  listenVariables,
  loadConfig,
  origins,
  poolSize,
  port,
  portRules,
  postgresVariables,
  queueVariables,
  redisVariables,
  shutdownVariables,
} from "../kit/config.ts";
import { traceRules, traceVariables } from "../kit/traces/config.ts";
import { limitVariables } from "../limits/config.ts";
import { replicaVariables } from "../replica/config.ts";
import { shardRules, shardVariables } from "../shards/config.ts";
import { sheddingRules, sheddingVariables } from "../shedding/config.ts";

/** Where the server listens unless its variables say otherwise. */
const serverPorts = { SERVER_PORT: 8080, METRICS_PORT: 9090 } as const;

export const serverVariables = {
  ...commonVariables,
  ...listenVariables,
  ...postgresVariables,
  ...replicaVariables,
  /** Connections for requests, to the primary and to the replica each. */
  DB_POOL_SIZE: poolSize(poolSizes.server),
  ...shardVariables,
  ...redisVariables,
  ...queueVariables,
  ...cacheVariables,
  ...shutdownVariables,
  ...authVariables,
  ...imageVariables,
  ...eventVariables,
  ...breakerVariables,
  ...traceVariables,
  ...limitVariables,
  ...sheddingVariables,
  SERVER_PORT: port(serverPorts.SERVER_PORT),
  METRICS_PORT: port(serverPorts.METRICS_PORT),
  /** Of pages that may call the API; absent for all. */
  API_ALLOWED_ORIGINS: origins(),
  /** For how long a task is kept after it has ended. */
  TASK_RETENTION: duration("720h", 1_000),
};

/** @throws OperatorError naming every variable that is wrong, alone or beside others */
export function loadServerConfig(environment: Environment): Configuration<typeof serverVariables> {
  return loadConfig(serverVariables, environment, (given) => ({
    ...authRules(given),
    ...shardRules(given),
    ...sheddingRules(given),
    ...traceRules(given),
    ...portRules(serverPorts, given),
  }));
}
