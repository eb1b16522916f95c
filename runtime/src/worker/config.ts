import {
  breakerVariables,
  cacheVariables,
  commonVariables,
  integer,
  port,
  postgresVariables,
  queueVariables,
  redisVariables,
  shutdownVariables,
} from "../kit/config.ts";

export const workerVariables = {
  ...commonVariables,
  ...postgresVariables,
  ...redisVariables,
  ...queueVariables,
  ...cacheVariables,
  ...shutdownVariables,
  ...breakerVariables,
  WORKER_PORT: port(8081),
  WORKER_CONCURRENCY: integer(10, 1, 1_000),
};
