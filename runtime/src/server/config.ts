import { authVariables } from "../auth/config.ts";
import { eventVariables } from "../events/config.ts";
import { imageVariables } from "../images/config.ts";
import {
  breakerVariables,
  cacheVariables,
  commonVariables,
  duration,
  port,
  postgresVariables,
  queueVariables,
  redisVariables,
  shutdownVariables,
} from "../kit/config.ts";
import { limitVariables } from "../limits/config.ts";
import { sheddingVariables } from "../shedding/config.ts";

export const serverVariables = {
  ...commonVariables,
  ...postgresVariables,
  ...redisVariables,
  ...queueVariables,
  ...cacheVariables,
  ...shutdownVariables,
  ...authVariables,
  ...imageVariables,
  ...eventVariables,
  ...breakerVariables,
  ...limitVariables,
  ...sheddingVariables,
  SERVER_PORT: port(8080),
  /** For how long a task is kept after it has ended. */
  TASK_RETENTION: duration("720h", 1_000),
};
