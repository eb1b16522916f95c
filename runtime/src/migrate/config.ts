import { commonVariables, postgresVariables } from "../kit/config.ts";

export const migrateVariables = { ...commonVariables, ...postgresVariables };
