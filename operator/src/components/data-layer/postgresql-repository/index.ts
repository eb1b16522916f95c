import type { Component } from "../../component.ts";
import { credentialSecret } from "../../kit/credential-secret.ts";
import { statefulFootprint } from "../../kit/footprint.ts";
import { workloadHealth } from "../../kit/health/workload.ts";
import { membersService } from "../../kit/service.ts";
import { serviceAccount } from "../../kit/service-account.ts";
import { configMap } from "./configuration.ts";
import { PLACE, PORTS } from "./place.ts";
import { RESOURCES, statefulSet } from "./stateful-set.ts";

/** Where backups and the write-ahead log are kept: pgBackRest's repository host, encrypted, behind mutual TLS. */
export const postgresqlRepository: Component = {
  ...PLACE,
  dependsOn: [],
  ports: PORTS,
  // It is called, and calls nobody: what makes backups has its volume mounted as well.
  connects: () => [],
  exposedPorts: () => [],
  enabled: ({ postgresql }) => postgresql.backup !== undefined,
  resources: (model) => {
    const { backup } = model.postgresql;
    if (backup === undefined) return [];
    return [
      credentialSecret(model, PLACE, "postgresql-repository"),
      credentialSecret(model, PLACE, "postgresql-repository-tls"),
      serviceAccount(model, PLACE),
      configMap(model, backup),
      membersService(model, PLACE, PORTS),
      statefulSet(model, backup),
    ];
  },
  footprint: ({ postgresql: { backup } }) =>
    backup === undefined ? [] : [statefulFootprint(1, RESOURCES, backup.volume)],
  health: (observed) => workloadHealth(observed, "StatefulSet", PLACE.name, 1),
  endpoint: () => undefined,
};
