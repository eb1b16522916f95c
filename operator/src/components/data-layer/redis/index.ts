import { serviceHost } from "../../../names.ts";
import type { Component } from "../../component.ts";
import { credentialSecret } from "../../kit/credential-secret.ts";
import { disruptionBudget } from "../../kit/disruption-budget.ts";
import { serviceAccount } from "../../kit/service-account.ts";
import { configMap } from "./config-map.ts";
import { footprint } from "./footprint.ts";
import { health } from "./health.ts";
import { GROUP_NAME, hasSentinels, PLACE, PORTS } from "./place.ts";
import { services } from "./services.ts";
import { statefulSet } from "./stateful-set.ts";

/**
 * The cache. Its volume saves a cold start; nothing is lost with it that PostgreSQL does not have. Of several pods,
 * Sentinel decides which is the master.
 */
export const redis: Component = {
  ...PLACE,
  dependsOn: [],
  ports: PORTS,
  connects: (model) =>
    hasSentinels(model)
      ? [
          { to: "redis", port: "redis" },
          { to: "redis", port: "sentinel" },
        ]
      : [],
  exposedPorts: () => [],
  enabled: () => true,
  resources: (model) => [
    credentialSecret(model, PLACE, "redis"),
    serviceAccount(model, PLACE),
    configMap(model),
    ...services(model),
    statefulSet(model),
    ...disruptionBudget(model, PLACE, model.redis.replicas),
  ],
  footprint,
  health,
  endpoint: (model) => {
    const host = serviceHost(PLACE.name, model.namespaces[PLACE.layer]);
    return hasSentinels(model)
      ? `redis+sentinel://${host}:${PORTS.sentinel}/${GROUP_NAME}`
      : `redis://${host}:${PORTS.redis}`;
  },
};
