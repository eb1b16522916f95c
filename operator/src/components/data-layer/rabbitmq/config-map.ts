import type { KubernetesObject } from "../../../kubernetes.ts";
import { objectMeta } from "../../kit/place.ts";
import { parseQuantity } from "../../kit/quantity.ts";
import type { PlatformModel } from "../../model.ts";
import { clusterLines } from "./cluster.ts";
import { DEFINITIONS_FILE, PLACE, PORTS } from "./place.ts";

export function configData(model: PlatformModel): Record<string, string> {
  const memory = Math.floor(parseQuantity(model.rabbitmq.resources.limits.memory));
  const lines = [
    `listeners.tcp.default = ${PORTS.amqp}`,
    `management.tcp.port = ${PORTS.management}`,
    `prometheus.tcp.port = ${PORTS.prometheus}`,
    "# At every start, so that a password that was made anew is taken over.",
    `load_definitions = ${DEFINITIONS_FILE}`,
    "# Replicated and safe on disk; what a client declares without a type becomes one.",
    "default_queue_type = quorum",
    "# The node's memory is not the container's.",
    `total_memory_available_override_value = ${memory}`,
    "vm_memory_high_watermark.relative = 0.6",
    "log.console = true",
    "log.console.formatter = json",
    "log.file = false",
    ...clusterLines(model),
  ];
  return {
    "rabbitmq.conf": `${lines.join("\n")}\n`,
    enabled_plugins: "[rabbitmq_management,rabbitmq_prometheus].\n",
  };
}

export function configMap(model: PlatformModel): KubernetesObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: objectMeta(model, PLACE), data: configData(model) };
}
