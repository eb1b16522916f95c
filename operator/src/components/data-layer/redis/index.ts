import { serviceHost } from "../../../names.ts";
import type { Component } from "../../component.ts";
import { credentialSecret } from "../../kit/credential-secret.ts";
import { statefulFootprint } from "../../kit/footprint.ts";
import { workloadHealth } from "../../kit/health/workload.ts";
import { membersService, service } from "../../kit/service.ts";
import { serviceAccount } from "../../kit/service-account.ts";
import { configMap } from "./config-map.ts";
import { PLACE, PORTS } from "./place.ts";
import { statefulSet } from "./stateful-set.ts";

/** The cache. Its volume saves a cold start; nothing is lost with it that PostgreSQL does not have. */
export const redis: Component = {
  ...PLACE,
  dependsOn: [],
  ports: PORTS,
  connects: [],
  exposedPorts: () => [],
  enabled: () => true,
  resources: (model) => [
    credentialSecret(model, PLACE, "redis"),
    serviceAccount(model, PLACE),
    configMap(model),
    service(model, PLACE, { ports: PORTS }),
    membersService(model, PLACE, PORTS),
    statefulSet(model),
  ],
  footprint: ({ redis: { resources, storage } }) => [statefulFootprint(1, resources, storage)],
  health: (observed) => workloadHealth(observed, "StatefulSet", PLACE.name, 1),
  endpoint: (model) => `redis://${serviceHost(PLACE.name, model.namespaces[PLACE.layer])}:${PORTS.redis}`,
};
