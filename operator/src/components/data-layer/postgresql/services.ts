import type { KubernetesObject } from "../../../kubernetes.ts";
import { LABEL_POSTGRESQL_ROLE, selectorLabels } from "../../../labels.ts";
import { objectMeta } from "../../kit/place.ts";
import { membersService, service, servicePorts } from "../../kit/service.ts";
import type { PlatformModel } from "../../model.ts";
import { PLACE, PORTS, READ_ONLY_SERVICE, SCOPE } from "./place.ts";

export function services(model: PlatformModel): readonly KubernetesObject[] {
  return [
    primaryService(model),
    stateService(model, `${SCOPE}-config`),
    stateService(model, `${SCOPE}-sync`),
    readOnlyService(model),
    membersService(model, PLACE, PORTS),
  ];
}

/**
 * Leads to the primary. It has no selector: Patroni writes the address into the Endpoints in the same update that
 * takes the leader lock, so that a lost lock and a changed address cannot be seen apart.
 */
function primaryService(model: PlatformModel): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: objectMeta(model, PLACE),
    spec: { type: "ClusterIP", ports: servicePorts({ postgresql: PORTS.postgresql }) },
  };
}

/**
 * Carries no traffic. Kubernetes deletes Endpoints that have no Service of their name each time its controller
 * manager starts; these hold Patroni's configuration, and which replicas may be promoted.
 */
function stateService(model: PlatformModel, name: string): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: objectMeta(model, PLACE, { name }),
    spec: { type: "ClusterIP", clusterIP: "None" },
  };
}

/**
 * Leads to the replicas, which may be a moment behind; to the primary where it is the only instance. While no replica
 * is ready it leads nowhere: to lead to the primary then, its selector would have to be exchanged at the moment of a
 * failure, by an operator that may be away, and connections would stay where they led. Who reads falls back.
 */
function readOnlyService(model: PlatformModel): KubernetesObject {
  const role = model.postgresql.instances > 1 ? "replica" : "primary";
  return service(model, PLACE, {
    name: READ_ONLY_SERVICE,
    ports: { postgresql: PORTS.postgresql },
    spec: { selector: { ...selectorLabels(model.name, PLACE.name), [LABEL_POSTGRESQL_ROLE]: role } },
  });
}
