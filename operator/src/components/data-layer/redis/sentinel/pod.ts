import type { V1Container, V1EnvVar, V1PodSpec } from "@kubernetes/client-node";
import type { Resources } from "@profile-platform/crds";
import { fieldEnv, secretEnv } from "../../../kit/env.ts";
import { container, spread } from "../../../kit/pod.ts";
import { execProbe, probes } from "../../../kit/probes.ts";
import type { PlatformModel } from "../../../model.ts";
import { PLACE, PORTS } from "../place.ts";
import { volumeMounts } from "../volume-mounts.ts";
import { scriptCommand } from "./scripts.ts";

/** A Sentinel holds a few connections and no data; most of the processor time goes to the probes. */
export const SENTINEL_RESOURCES: Resources = {
  requests: { cpu: "50m", memory: "32Mi" },
  limits: { cpu: "200m", memory: "64Mi" },
};

/** The hand-over of a master takes up to 15 seconds, and Redis waits up to 10 for its replicas when it ends. */
const GRACE_SECONDS = 45;

/** A member of a group: Redis, and the Sentinel that watches over all of them. */
export function memberSpec(
  model: PlatformModel,
): Pick<V1PodSpec, "terminationGracePeriodSeconds" | "topologySpreadConstraints" | "containers"> {
  return {
    terminationGracePeriodSeconds: GRACE_SECONDS,
    topologySpreadConstraints: spread(model, PLACE),
    containers: [redisContainer(model), sentinelContainer(model)],
  };
}

function redisContainer(model: PlatformModel): V1Container {
  return container({
    name: "redis",
    image: model.images.redis,
    command: [...scriptCommand("redis-start.sh")],
    ports: { redis: PORTS.redis },
    env: environment(),
    ...probes(model.redis.probes, {
      liveness: execProbe(...scriptCommand("redis-alive.sh")),
      readiness: execProbe(...scriptCommand("redis-ready.sh")),
    }),
    lifecycle: { preStop: { exec: { command: [...scriptCommand("redis-leave.sh")] } } },
    resources: model.redis.resources,
    volumeMounts: volumeMounts(),
  });
}

function sentinelContainer(model: PlatformModel): V1Container {
  return container({
    name: "sentinel",
    image: model.images.redis,
    command: [...scriptCommand("sentinel-start.sh")],
    ports: { sentinel: PORTS.sentinel },
    env: environment(),
    ...probes(model.redis.probes, {
      liveness: execProbe("redis-cli", "-p", String(PORTS.sentinel), "ping"),
      readiness: execProbe(...scriptCommand("sentinel-ready.sh")),
    }),
    resources: SENTINEL_RESOURCES,
    volumeMounts: volumeMounts(),
  });
}

function environment(): V1EnvVar[] {
  return [fieldEnv("POD_NAME", "metadata.name"), secretEnv("REDISCLI_AUTH", "redis", "password")];
}
