import {
  cacheVariables,
  commonVariables,
  port,
  postgresVariables,
  queueVariables,
  redisVariables,
  shutdownVariables,
} from "../kit/config.ts";

export const serverVariables = {
  ...commonVariables,
  ...postgresVariables,
  ...redisVariables,
  ...queueVariables,
  ...cacheVariables,
  ...shutdownVariables,
  SERVER_PORT: port(8080),
};
