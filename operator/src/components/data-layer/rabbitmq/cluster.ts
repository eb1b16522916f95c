import type { V1Lifecycle } from "@kubernetes/client-node";
import type { PlatformModel } from "../../model.ts";
import { memberHost, nodeName } from "./node-name.ts";
import { DATA_DIRECTORY, MEMBER_PORTS, PLACE } from "./place.ts";

/**
 * Lines of rabbitmq.conf for the nodes of a cluster; none for a single one.
 *
 * Pods of a StatefulSet have names that are known beforehand, so that no node has to ask the Kubernetes API who the
 * others are. A new node joins the largest cluster among those that answer, or the node that started first; it never
 * goes on alone.
 */
export function clusterLines(model: PlatformModel): readonly string[] {
  const { replicas } = model.rabbitmq;
  if (replicas === 1) return [];
  const nodes = Array.from({ length: replicas }, (_, ordinal) => nodeName(model, `${PLACE.name}-${ordinal}`));
  return [
    "cluster_formation.peer_discovery_backend = classic_config",
    ...nodes.map((node, index) => `cluster_formation.classic_config.nodes.${index + 1} = ${node}`),
    "# A node that found no other would begin a cluster of its own after this many seconds.",
    "cluster_formation.discovery_retry_limit = 1000000",
    "cluster_formation.discovery_retry_interval = 1000",
    "# Whoever is cut off from the majority stops, and comes back with it.",
    "cluster_partition_handling = pause_minority",
    "# Queues of before there were so many nodes get their copies.",
    "quorum_queue.continuous_membership_reconciliation.enabled = true",
    `quorum_queue.continuous_membership_reconciliation.target_group_size = ${replicas}`,
    "quorum_queue.continuous_membership_reconciliation.interval = 60000",
  ];
}

/**
 * What a member does before its first start; nothing for a single one. The first pod may have been there alone and have
 * queues: were it away just now, the others would begin a cluster without it. So they wait until it answers.
 */
export function awaitFirst(model: PlatformModel): string {
  if (model.rabbitmq.replicas === 1) return "";
  const first = `${PLACE.name}-0`;
  const dial =
    `case gen_tcp:connect("${memberHost(model, first)}", ${MEMBER_PORTS.distribution}, [], 2000) of ` +
    "{ok, _} -> halt(0); _ -> halt(1) end.";
  return `trap 'exit 143' TERM
if [ "$POD_NAME" != ${first} ] && [ ! -e "${DATA_DIRECTORY}/mnesia/$RABBITMQ_NODENAME" ]; then
  until erl -noinput -boot start_clean -eval '${dial}'; do sleep 1; done
fi
`;
}

/** Seconds that a member waits for the others to have what it has, before it ends all the same. */
const CATCH_UP_SECONDS = 90;
const DRAIN_SECONDS = 30;

/** Seconds from when a pod is told to end until it is killed. */
export function gracePeriod({ rabbitmq }: PlatformModel): number {
  const stop = 60;
  return rabbitmq.replicas === 1 ? stop : CATCH_UP_SECONDS + DRAIN_SECONDS + stop;
}

/**
 * Before a member ends, every queue has a majority without it, and has its leader elsewhere. The next pod of a rolling
 * update ends only after this one is ready again, which it may be before it has caught up.
 */
export function memberLifecycle({ rabbitmq }: PlatformModel): { readonly lifecycle?: V1Lifecycle } {
  if (rabbitmq.replicas === 1) return {};
  const script =
    `rabbitmq-upgrade await_online_quorum_plus_one -t ${CATCH_UP_SECONDS}; ` +
    `rabbitmq-upgrade drain -t ${DRAIN_SECONDS}`;
  return { lifecycle: { preStop: { exec: { command: ["sh", "-c", script] } } } };
}
