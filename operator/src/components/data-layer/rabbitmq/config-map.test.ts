import { expect, test } from "vitest";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { configData, configMap } from "./config-map.ts";

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

test("the nodes of a cluster know each other by name, and keep as many copies as there are nodes", () => {
  const namespaces = { ...SAMPLE_MODEL.namespaces, "data-layer": "team-a-data-layer" };
  const model = { ...SAMPLE_MODEL, namespaces, rabbitmq: { ...SAMPLE_MODEL.rabbitmq, replicas: 3 } };
  const { "rabbitmq.conf": single = "", ...files } = configData(SAMPLE_MODEL);
  expect(configData(model)).toStrictEqual({
    ...files,
    "rabbitmq.conf": `${single}cluster_formation.peer_discovery_backend = classic_config
cluster_formation.classic_config.nodes.1 = rabbit@rabbitmq-0.rabbitmq-members.team-a-data-layer.svc.cluster.local
cluster_formation.classic_config.nodes.2 = rabbit@rabbitmq-1.rabbitmq-members.team-a-data-layer.svc.cluster.local
cluster_formation.classic_config.nodes.3 = rabbit@rabbitmq-2.rabbitmq-members.team-a-data-layer.svc.cluster.local
# A node that found no other would begin a cluster of its own after this many seconds.
cluster_formation.discovery_retry_limit = 1000000
cluster_formation.discovery_retry_interval = 1000
# Whoever is cut off from the majority stops, and comes back with it.
cluster_partition_handling = pause_minority
# Queues of before there were so many nodes get their copies.
quorum_queue.continuous_membership_reconciliation.enabled = true
quorum_queue.continuous_membership_reconciliation.target_group_size = 3
quorum_queue.continuous_membership_reconciliation.interval = 60000
`,
  });
});
