import type { KubernetesObject } from "../../../kubernetes.ts";
import { objectMeta } from "../../kit/place.ts";
import { parseQuantity } from "../../kit/quantity.ts";
import type { PlatformModel } from "../../model.ts";
import { DATA_DIRECTORY, hasSentinels, PLACE, PORTS } from "./place.ts";
import { scripts } from "./sentinel/scripts.ts";

/** Part of the memory limit that data may fill. The rest is for clients, fragmentation and the fork of a rewrite. */
const DATA_SHARE = 0.6;

export function configData(model: PlatformModel): Record<string, string> {
  const maxmemory = Math.floor(parseQuantity(model.redis.resources.limits.memory) * DATA_SHARE);
  const lines = [
    "bind * -::*",
    `port ${PORTS.redis}`,
    `dir ${DATA_DIRECTORY}`,
    "# The append-only file alone: a snapshot beside it would fork once more for the same data.",
    "appendonly yes",
    "appendfsync everysec",
    'save ""',
    `maxmemory ${maxmemory}`,
    "# The cache bounds itself, first in, first out, with an order kept beside the entries: if Redis evicted keys of",
    "# its own choice, the two would part. A write that does not fit fails, and the caller goes to the database.",
    "maxmemory-policy noeviction",
    "tcp-keepalive 60",
    ...(hasSentinels(model) ? REPLICATION : []),
  ];
  return { "redis.conf": `${lines.join("\n")}\n`, ...(hasSentinels(model) ? scripts(model) : {}) };
}

const REPLICATION = [
  "# A master that no replica hears takes no writes: another one may have taken its place.",
  "min-replicas-to-write 1",
  "min-replicas-max-lag 5",
  "# A replica that waits for its copy is no replica yet, and there are at most two to wait for.",
  "repl-diskless-sync-delay 0",
];

export function configMap(model: PlatformModel): KubernetesObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: objectMeta(model, PLACE), data: configData(model) };
}
