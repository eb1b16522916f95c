import type { KubernetesObject } from "../../../kubernetes.ts";
import { service } from "../../kit/service.ts";
import type { PlatformModel } from "../../model.ts";
import { PLACE, PORTS } from "./place.ts";

export function serverService(model: PlatformModel): KubernetesObject {
  const { type, nodePort } = model.server.exposure;
  if (type === "None") {
    return service(model, PLACE, { ports: PORTS });
  }
  const port = { name: "http", port: PORTS.http, targetPort: "http", protocol: "TCP" };
  return service(model, PLACE, {
    ports: PORTS,
    spec: { type, ports: [nodePort === undefined ? port : { ...port, nodePort }] },
  });
}
