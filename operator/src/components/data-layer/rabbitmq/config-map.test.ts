import { expect, test } from "vitest";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { configMap } from "./config-map.ts";

const LABELS = {
  "app.kubernetes.io/part-of": "profile-platform",
  "app.kubernetes.io/managed-by": "profile-platform-operator",
  "profileplatform.io/platform": "demo",
  "profileplatform.io/layer": "data-layer",
  "app.kubernetes.io/name": "rabbitmq",
  "app.kubernetes.io/instance": "demo",
  "profileplatform.io/component": "rabbitmq",
};

test("RabbitMQ takes its users over at each start", () => {
  expect(configMap(SAMPLE_MODEL)).toStrictEqual({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "rabbitmq", namespace: "data-layer", labels: LABELS },
    data: {
      "rabbitmq.conf": `listeners.tcp.default = 5672
management.tcp.port = 15672
prometheus.tcp.port = 15692
# At every start, so that a password that was made anew is taken over.
load_definitions = /run/rabbitmq/definitions.json
# Replicated and safe on disk; what a client declares without a type becomes one.
default_queue_type = quorum
# The node's memory is not the container's.
total_memory_available_override_value = 536870912
vm_memory_high_watermark.relative = 0.6
log.console = true
log.console.formatter = json
log.file = false
`,
      enabled_plugins: `[rabbitmq_management,rabbitmq_prometheus].
`,
    },
  });
});
