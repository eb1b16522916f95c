import { join } from "node:path";
import { DATABASE } from "./data/postgresql-setup.ts";
import { QUEUE_USER } from "./data/rabbitmq-configuration.ts";
import { passwordFile } from "./passwords.ts";
import type { Ports } from "./ports.ts";
import type { DevState } from "./state.ts";

export interface ScreenOptions {
  readonly ports: Ports;
  readonly state: DevState;
  /** The folder whose changes restart the services. */
  readonly sources: string;
  /** Services that did not get ready. */
  readonly missing: readonly string[];
  /** What has to be added to `make` for another folder than the usual one, such as ` STATE=/tmp/dev`. */
  readonly stateArgument: string;
}

/** What is told when everything runs: where it is, how to use it, how to end it. */
export function screen({ ports, state, sources, missing, stateArgument }: ScreenOptions): string {
  const server = `http://127.0.0.1:${ports.server}`;
  const password = (service: "postgresql" | "redis" | "rabbitmq") => `$(cat ${passwordFile(state.secrets, service)})`;
  return `
${headline(missing, sources)}
  profile API   ${server}/api/v1/profiles   (its document: ${server}/openapi.json)
  events        ws://127.0.0.1:${ports.server}/ws
  server        ${server}/ready   /health   http://127.0.0.1:${ports.serverMetrics}/metrics
  worker        http://127.0.0.1:${ports.worker}/ready   /health   http://127.0.0.1:${ports.workerMetrics}/metrics
  PostgreSQL    PGPASSWORD=${password("postgresql")} psql -h 127.0.0.1 -p ${ports.postgresql} -U ${DATABASE} ${DATABASE}
  Redis         REDISCLI_AUTH=${password("redis")} redis-cli -p ${ports.redis}
  RabbitMQ      http://127.0.0.1:${ports.management}   user ${QUEUE_USER}, password in ${passwordFile(state.secrets, "rabbitmq")}
  data          ${state.data}, kept; logs of the data services in ${join(state.logs, "*.log")}

Use it, from another terminal; roles are viewer, editor and admin, and a token lives for an hour:
  curl -H "Authorization: Bearer $(make dev-token ROLE=editor${stateArgument})" ${server}/api/v1/profiles

A change of a file restarts server and worker. After a new migration: make dev-migrate${stateArgument}
Ctrl-C ends everything that runs here. Afterwards, make dev-clean${stateArgument} removes the data.
`;
}

function headline(missing: readonly string[], sources: string): string {
  if (missing.length === 0) return `The profile services run, from ${sources}`;
  const [them, do_] = missing.length === 1 ? ["it", "does"] : ["them", "do"];
  return `${missing.join(" and ")} ${do_} not run: why stands above. The next change in ${sources} starts ${them} again; after a wrong
setting, end this with Ctrl-C and begin anew. What there is:`;
}
