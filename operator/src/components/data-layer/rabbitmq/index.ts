import { serviceHost } from "../../../names.ts";
import type { Component } from "../../component.ts";
import { credentialSecret } from "../../kit/credential-secret.ts";
import { disruptionBudget } from "../../kit/disruption-budget.ts";
import { statefulFootprint } from "../../kit/footprint.ts";
import { workloadHealth } from "../../kit/health/workload.ts";
import { membersService, service } from "../../kit/service.ts";
import { serviceAccount } from "../../kit/service-account.ts";
import { configMap } from "./config-map.ts";
import { MEMBER_PORTS, PLACE, PORTS } from "./place.ts";
import { statefulSet } from "./stateful-set.ts";

/** The queue between the profile API and its worker. */
export const rabbitmq: Component = {
  ...PLACE,
  dependsOn: [],
  ports: { ...PORTS, ...MEMBER_PORTS },
  connects: () => [
    { to: "rabbitmq", port: "epmd" },
    { to: "rabbitmq", port: "distribution" },
  ],
  exposedPorts: () => [],
  enabled: () => true,
  resources: (model) => [
    credentialSecret(model, PLACE, "rabbitmq"),
    serviceAccount(model, PLACE),
    configMap(model),
    service(model, PLACE, { ports: PORTS }),
    membersService(model, PLACE, { amqp: PORTS.amqp }),
    statefulSet(model),
    ...disruptionBudget(model, PLACE, model.rabbitmq.replicas),
  ],
  footprint: ({ rabbitmq: { replicas, resources, storage } }) => [statefulFootprint(replicas, resources, storage)],
  health: (observed, model) => workloadHealth(observed, "StatefulSet", PLACE.name, model.rabbitmq.replicas),
  endpoint: (model) => `amqp://${serviceHost(PLACE.name, model.namespaces[PLACE.layer])}:${PORTS.amqp}`,
};
