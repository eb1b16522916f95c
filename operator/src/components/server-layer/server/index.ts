import { serviceHost } from "../../../names.ts";
import type { Component } from "../../component.ts";
import { redisConnections } from "../../data-layer/redis/clients.ts";
import { disruptionBudget } from "../../kit/disruption-budget.ts";
import { rollingFootprint } from "../../kit/footprint.ts";
import { workloadHealth } from "../../kit/health/workload.ts";
import { serviceAccount } from "../../kit/service-account.ts";
import type { ServerModel } from "../../model.ts";
import { autoscaler } from "./autoscaler.ts";
import { configMap } from "./config-map.ts";
import { deployment } from "./deployment.ts";
import { PLACE, PORTS } from "./place.ts";
import { serverService } from "./service.ts";

/** The profile API. */
export const server: Component = {
  ...PLACE,
  // Redis and RabbitMQ may come later: without them it serves from the database.
  dependsOn: [{ component: "migrations", before: "change" }],
  ports: PORTS,
  metricsPort: "metrics",
  connects: (model) => [
    { to: "postgresql", port: "postgresql" },
    ...redisConnections(model),
    { to: "rabbitmq", port: "amqp" },
    { to: "oidc-issuer" },
    { to: "image-store" },
    { to: "trace-collector" },
  ],
  exposedPorts: (model) => (model.server.exposure.type === "None" ? [] : ["http"]),
  enabled: () => true,
  resources: (model) => [
    serviceAccount(model, PLACE),
    configMap(model),
    serverService(model),
    deployment(model),
    ...autoscaler(model),
    ...disruptionBudget(model, PLACE, leastPods(model.server)),
  ],
  footprint: ({ server }) => [rollingFootprint(server.autoscaling?.maxReplicas ?? server.replicas, server.resources)],
  health: (observed, model) => workloadHealth(observed, "Deployment", PLACE.name, leastPods(model.server)),
  endpoint: (model) => `http://${serviceHost(PLACE.name, model.namespaces[PLACE.layer])}:${PORTS.http}`,
};

function leastPods(server: ServerModel): number {
  return server.autoscaling?.minReplicas ?? server.replicas;
}
