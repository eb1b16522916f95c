import type { V1Container, V1PodTemplateSpec } from "@kubernetes/client-node";
import { ANNOTATION_CONFIG_HASH, ANNOTATION_CONTENT_ID } from "../../../labels.ts";
import { env, fieldEnv, secretEnv } from "../../kit/env.ts";
import { shortHash } from "../../kit/hash.ts";
import { container, podTemplate, spread } from "../../kit/pod.ts";
import { httpProbe, probes, startupProbe, tcpProbe } from "../../kit/probes.ts";
import { configVolume, memoryVolume, scratchVolume } from "../../kit/volumes.ts";
import type { PlatformModel } from "../../model.ts";
import { awaitFirst, gracePeriod, memberLifecycle } from "./cluster.ts";
import { configData } from "./config-map.ts";
import { nodeName } from "./node-name.ts";
import {
  CONFIG_DIRECTORY,
  DATA_DIRECTORY,
  DEFINITIONS_FILE,
  MEMBER_PORTS,
  PLACE,
  PORTS,
  RUN_DIRECTORY,
} from "./place.ts";

/**
 * The user and the cookie go to files in memory (printf is built into the shell, so they show in no list of
 * processes), and then out of the environment of everything that the server starts.
 */
const FILES = `umask 077
printf '%s' "$COOKIE" > "$HOME/.erlang.cookie"
printf '{"vhosts":[{"name":"/"}],"users":[{"name":"%s","password":"%s","tags":["monitoring"]}],"permissions":[{"user":"%s","vhost":"/","configure":".*","write":".*","read":".*"}]}' "$USERNAME" "$PASSWORD" "$USERNAME" > ${DEFINITIONS_FILE}
unset COOKIE USERNAME PASSWORD
`;

/** Without a login, in 5 ms; the health checks of its API want one, and a probe would show it to whoever sees the pod. */
const MANAGEMENT_PAGE = httpProbe("management", "/");

/** A node that pauses, because it is cut off from the others, has no page, and comes back by itself. */
const ERLANG = tcpProbe("distribution");

export function rabbitmqPod(model: PlatformModel): V1PodTemplateSpec {
  return podTemplate(model, PLACE, {
    annotations: {
      [ANNOTATION_CONFIG_HASH]: shortHash(configData(model)),
      [ANNOTATION_CONTENT_ID]: model.credentials.rabbitmq.contentId,
    },
    spec: {
      terminationGracePeriodSeconds: gracePeriod(model),
      ...(isMember(model) ? { topologySpreadConstraints: spread(model, PLACE) } : {}),
      containers: [rabbitmqContainer(model)],
      volumes: [
        configVolume("configuration", PLACE.name),
        memoryVolume("run", "8Mi"),
        scratchVolume("log", "64Mi"),
        scratchVolume("tmp", "64Mi"),
      ],
    },
  });
}

function rabbitmqContainer(model: PlatformModel): V1Container {
  return container({
    name: "rabbitmq",
    image: model.images.rabbitmq,
    command: ["sh", "-euc", `${FILES}${awaitFirst(model)}exec rabbitmq-server`],
    ports: isMember(model) ? { ...PORTS, ...MEMBER_PORTS } : PORTS,
    env: environment(model),
    // Health checks by command start an Erlang machine each time, a second or two of CPU. The AMQP port opens at the
    // very end of the start. From then on the management page says more than that port: the kernel takes connections
    // for a process that hangs, and whatever closes the port closes the page (the application stopped, maintenance).
    ...startupProbe(tcpProbe("amqp"), 300),
    ...probes(model.rabbitmq.probes, {
      liveness: isMember(model) ? ERLANG : MANAGEMENT_PAGE,
      readiness: MANAGEMENT_PAGE,
    }),
    ...memberLifecycle(model),
    resources: model.rabbitmq.resources,
    volumeMounts: [
      { name: "data", mountPath: DATA_DIRECTORY },
      { name: "configuration", mountPath: CONFIG_DIRECTORY, readOnly: true },
      { name: "run", mountPath: RUN_DIRECTORY },
      { name: "log", mountPath: "/var/log/rabbitmq" },
      { name: "tmp", mountPath: "/tmp" },
    ],
  });
}

function isMember({ rabbitmq }: PlatformModel): boolean {
  return rabbitmq.replicas > 1;
}

function environment(model: PlatformModel): ReturnType<typeof env>[] {
  return [
    fieldEnv("POD_NAME", "metadata.name"),
    env("RABBITMQ_USE_LONGNAME", "true"),
    env("RABBITMQ_NODENAME", nodeName(model, "$(POD_NAME)")),
    env("RABBITMQ_ENABLED_PLUGINS_FILE", `${CONFIG_DIRECTORY}/enabled_plugins`),
    env("RABBITMQ_CONFIG_FILES", `${CONFIG_DIRECTORY}/rabbitmq.conf`),
    // Erlang looks for its cookie here.
    env("HOME", RUN_DIRECTORY),
    secretEnv("COOKIE", "rabbitmq", "erlang-cookie"),
    secretEnv("USERNAME", "rabbitmq", "username"),
    secretEnv("PASSWORD", "rabbitmq", "password"),
  ];
}
