import type { KubernetesObject } from "../../../kubernetes.ts";
import { service } from "../../kit/service.ts";
import type { PlatformModel } from "../../model.ts";
import { PLACE, PORTS } from "./place.ts";

/** Without the port for metrics: a NodePort and a load balancer give all ports of a Service to everybody. */
export function serverService(model: PlatformModel): KubernetesObject {
  const { type, nodePort } = model.server.exposure;
  const ports = { http: PORTS.http };
  if (type === "None") {
    return service(model, PLACE, { ports });
  }
  const port = { name: "http", port: PORTS.http, targetPort: "http", protocol: "TCP" };
  return service(model, PLACE, {
    ports,
    spec: { type, ports: [nodePort === undefined ? port : { ...port, nodePort }] },
  });
}
