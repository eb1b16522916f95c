import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { KubernetesObject } from "@kubernetes/client-node";
import { coreDns } from "./coredns.ts";
import { metricsServer } from "./metrics-server.ts";
import { storageClass } from "./storage-class.ts";

/** What the cluster applies to itself, in an order in which nothing waits for what comes later. */
export function addons(kube: string, pki: string, nodeCount: number): readonly KubernetesObject[] {
  const pem = (file: string) => readFileSync(join(pki, file), "utf8");
  const keys = { certificate: pem("metrics-server.crt"), key: pem("metrics-server.key") };
  return [...storageClass(), ...coreDns(kube, Math.min(nodeCount, 2)), ...metricsServer(kube, keys)];
}

export { metricsApi } from "./metrics-server.ts";
export { systemRoles } from "./system-roles.ts";
