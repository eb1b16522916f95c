import { platformManifest } from "../e2e/support/platform.ts";

/** The platform whose PostgreSQL the scenarios are about, beside which others may run. */
export const CHAOS_PLATFORM = "chaos";
export const INSTANCES = 3;

const PREFIX = "chaos-";

export const NAMESPACE = `${PREFIX}data-layer`;

/** PostgreSQL with the defaults for three instances; of all else no more than there must be. */
export const MANIFEST = platformManifest(CHAOS_PLATFORM, {
  namespacePrefix: PREFIX,
  deletionPolicy: "Delete",
  server: { replicas: 1 },
  postgresql: { instances: INSTANCES, storage: { size: "1Gi" } },
});
