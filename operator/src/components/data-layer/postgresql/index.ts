import { serviceHost } from "../../../names.ts";
import type { Component } from "../../component.ts";
import { credentialSecret } from "../../kit/credential-secret.ts";
import { disruptionBudget } from "../../kit/disruption-budget.ts";
import { statefulFootprint, sumResources } from "../../kit/footprint.ts";
import { access } from "./access.ts";
import { archivingConfigMap } from "./archiving/config-map.ts";
import { ARCHIVING_RESOURCES } from "./archiving/container.ts";
import { configMap } from "./config-map.ts";
import { health } from "./health.ts";
import { BACKUP_PORTS, PLACE, PORTS } from "./place.ts";
import { services } from "./services.ts";
import { statefulSet } from "./stateful-set.ts";

/** The database of record. Patroni runs every instance, also a single one, and decides which is the primary. */
export const postgresql: Component = {
  ...PLACE,
  dependsOn: [],
  ports: { ...PORTS, ...BACKUP_PORTS },
  connects: ({ postgresql: { backup } }) => [
    { to: "kubernetes-api" },
    // Members stream from each other, and ask each other's Patroni before one of them takes over.
    { to: "postgresql", port: "postgresql" },
    { to: "postgresql", port: "patroni" },
    // The write-ahead log goes there as it is written.
    ...(backup === undefined ? [] : [{ to: "postgresql-repository", port: "pgbackrest" } as const]),
  ],
  exposedPorts: () => [],
  enabled: () => true,
  resources: (model) => [
    credentialSecret(model, PLACE, "postgresql"),
    ...access(model),
    configMap(model),
    ...archivingConfigMap(model),
    ...services(model),
    statefulSet(model),
    ...disruptionBudget(model, PLACE, model.postgresql.instances),
  ],
  footprint: ({ postgresql: { instances, resources, storage, backup } }) => [
    statefulFootprint(
      instances,
      backup === undefined ? resources : sumResources(resources, ARCHIVING_RESOURCES),
      storage,
    ),
  ],
  health,
  endpoint: (model) => `postgresql://${serviceHost(PLACE.name, model.namespaces[PLACE.layer])}:${PORTS.postgresql}`,
};
