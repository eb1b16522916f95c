import { platformManifest } from "../e2e/support/platform.ts";

/** The platform whose PostgreSQL the scenarios are about, beside which others may run. */
export const CHAOS_PLATFORM = "chaos";
export const INSTANCES = 3;

const PREFIX = "chaos-";

export const NAMESPACE = `${PREFIX}data-layer`;

export const SERVER_NAMESPACE = `${PREFIX}server-layer`;

/** PostgreSQL with the defaults for three instances; of all else no more than there must be. */
const SPEC = {
  namespacePrefix: PREFIX,
  deletionPolicy: "Delete",
  server: { replicas: 1 },
  postgresql: { instances: INSTANCES, storage: { size: "1Gi" } },
} as const;

export const MANIFEST = platformManifest(CHAOS_PLATFORM, SPEC);

/** The same with three of Redis and of RabbitMQ, and an API that is reached from outside. */
export const SERVICES_MANIFEST = platformManifest(CHAOS_PLATFORM, {
  ...SPEC,
  server: { replicas: 2, exposure: { type: "NodePort" } },
  redis: { replicas: 3 },
  rabbitmq: { replicas: 3 },
});
