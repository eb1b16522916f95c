import type { V1Container, V1PodTemplateSpec } from "@kubernetes/client-node";
import { ANNOTATION_CONFIG_HASH, ANNOTATION_CONTENT_ID } from "../../../labels.ts";
import { secretEnv } from "../../kit/env.ts";
import { shortHash } from "../../kit/hash.ts";
import { container, podTemplate } from "../../kit/pod.ts";
import { execProbe, probes } from "../../kit/probes.ts";
import { configVolume, scratchVolume } from "../../kit/volumes.ts";
import type { PlatformModel } from "../../model.ts";
import { configData } from "./config-map.ts";
import { CONFIG_DIRECTORY, hasSentinels, PLACE, PORTS } from "./place.ts";
import { memberSpec } from "./sentinel/pod.ts";
import { volumeMounts } from "./volume-mounts.ts";

/** Redis reads further settings from its standard input: the password stands neither in a file nor in the arguments. */
const START = `exec redis-server ${CONFIG_DIRECTORY}/redis.conf - <<EOF
requirepass $REDISCLI_AUTH
EOF`;

export function redisPod(model: PlatformModel): V1PodTemplateSpec {
  return podTemplate(model, PLACE, {
    annotations: {
      [ANNOTATION_CONFIG_HASH]: shortHash(configData(model)),
      [ANNOTATION_CONTENT_ID]: model.credentials.redis.contentId,
    },
    spec: {
      ...(hasSentinels(model)
        ? memberSpec(model)
        : { terminationGracePeriodSeconds: 30, containers: [redisContainer(model)] }),
      volumes: [configVolume("configuration", PLACE.name), scratchVolume("tmp", "64Mi")],
    },
  });
}

function redisContainer(model: PlatformModel): V1Container {
  return container({
    name: "redis",
    image: model.images.redis,
    command: ["sh", "-euc", START],
    ports: { redis: PORTS.redis },
    // redis-cli takes its password from this variable.
    env: [secretEnv("REDISCLI_AUTH", "redis", "password")],
    ...probes(model.redis.probes, {
      // Any answer counts, also "LOADING": a server that reads a large file after a start is not hung.
      liveness: execProbe("redis-cli", "-p", String(PORTS.redis), "ping"),
      readiness: execProbe("redis-cli", "-p", String(PORTS.redis), "-e", "ping"),
    }),
    resources: model.redis.resources,
    volumeMounts: volumeMounts(),
  });
}
