import { commonVariables, postgresVariables } from "../kit/config.ts";
import { shardVariables } from "../shards/config.ts";

export const reshardVariables = { ...commonVariables, ...postgresVariables, ...shardVariables };
