import { expect, test } from "vitest";
import { shortHash } from "../../kit/hash.ts";
import type { PlatformModel } from "../../model.ts";
import { templateOf } from "../../testing/platform-objects.ts";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { configData } from "./config-map.ts";
import { statefulSet } from "./stateful-set.ts";

const LABELS = {
  "app.kubernetes.io/part-of": "profile-platform",
  "app.kubernetes.io/managed-by": "profile-platform-operator",
  "profileplatform.io/platform": "demo",
  "profileplatform.io/layer": "data-layer",
  "app.kubernetes.io/name": "rabbitmq",
  "app.kubernetes.io/instance": "demo",
  "profileplatform.io/component": "rabbitmq",
};

const SELECTOR = { "app.kubernetes.io/name": "rabbitmq", "app.kubernetes.io/instance": "demo" };

test("RabbitMQ runs under a node name that outlives its pod", () => {
  expect(statefulSet(SAMPLE_MODEL)).toStrictEqual({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "rabbitmq", namespace: "data-layer", labels: LABELS },
    spec: {
      replicas: 1,
      serviceName: "rabbitmq-members",
      podManagementPolicy: "Parallel",
      updateStrategy: { type: "RollingUpdate" },
      revisionHistoryLimit: 3,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      selector: { matchLabels: SELECTOR },
      template: {
        metadata: {
          labels: LABELS,
          annotations: {
            "profileplatform.io/config-hash": shortHash(configData(SAMPLE_MODEL)),
            "profileplatform.io/content-id": "idRabbitMQ",
          },
        },
        spec: {
          serviceAccountName: "rabbitmq",
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 10001,
            runAsGroup: 10001,
            fsGroup: 10001,
            fsGroupChangePolicy: "OnRootMismatch",
            seccompProfile: { type: "RuntimeDefault" },
          },
          terminationGracePeriodSeconds: 60,
          containers: [
            {
              imagePullPolicy: "IfNotPresent",
              name: "rabbitmq",
              image: "profile-platform/rabbitmq:0.1.0",
              command: [
                "sh",
                "-euc",
                `umask 077
printf '%s' "$COOKIE" > "$HOME/.erlang.cookie"
printf '{"vhosts":[{"name":"/"}],"users":[{"name":"%s","password":"%s","tags":["monitoring"]}],"permissions":[{"user":"%s","vhost":"/","configure":".*","write":".*","read":".*"}]}' "$USERNAME" "$PASSWORD" "$USERNAME" > /run/rabbitmq/definitions.json
unset COOKIE USERNAME PASSWORD
exec rabbitmq-server`,
              ],
              env: [
                { name: "POD_NAME", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "metadata.name" } } },
                { name: "RABBITMQ_USE_LONGNAME", value: "true" },
                {
                  name: "RABBITMQ_NODENAME",
                  value: "rabbit@$(POD_NAME).rabbitmq-members.data-layer.svc.cluster.local",
                },
                { name: "RABBITMQ_ENABLED_PLUGINS_FILE", value: "/etc/rabbitmq/enabled_plugins" },
                { name: "RABBITMQ_CONFIG_FILES", value: "/etc/rabbitmq/rabbitmq.conf" },
                { name: "HOME", value: "/run/rabbitmq" },
                { name: "COOKIE", valueFrom: { secretKeyRef: { name: "rabbitmq-credentials", key: "erlang-cookie" } } },
                { name: "USERNAME", valueFrom: { secretKeyRef: { name: "rabbitmq-credentials", key: "username" } } },
                { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "rabbitmq-credentials", key: "password" } } },
              ],
              startupProbe: {
                tcpSocket: { port: "amqp" },
                periodSeconds: 2,
                timeoutSeconds: 5,
                failureThreshold: 150,
                successThreshold: 1,
              },
              livenessProbe: {
                httpGet: { port: "management", path: "/", scheme: "HTTP" },
                initialDelaySeconds: 30,
                periodSeconds: 10,
                timeoutSeconds: 5,
                failureThreshold: 3,
                successThreshold: 1,
              },
              readinessProbe: {
                httpGet: { port: "management", path: "/", scheme: "HTTP" },
                initialDelaySeconds: 5,
                periodSeconds: 5,
                timeoutSeconds: 5,
                failureThreshold: 3,
                successThreshold: 1,
              },
              volumeMounts: [
                { name: "data", mountPath: "/var/lib/rabbitmq" },
                { name: "configuration", mountPath: "/etc/rabbitmq", readOnly: true },
                { name: "run", mountPath: "/run/rabbitmq" },
                { name: "log", mountPath: "/var/log/rabbitmq" },
                { name: "tmp", mountPath: "/tmp" },
              ],
              ports: [
                { name: "amqp", containerPort: 5672, protocol: "TCP" },
                { name: "management", containerPort: 15672, protocol: "TCP" },
                { name: "prometheus", containerPort: 15692, protocol: "TCP" },
              ],
              resources: { requests: { cpu: "200m", memory: "256Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
            },
          ],
          volumes: [
            { name: "configuration", configMap: { name: "rabbitmq", defaultMode: 292 } },
            { name: "run", emptyDir: { medium: "Memory", sizeLimit: "8Mi" } },
            { name: "log", emptyDir: { sizeLimit: "64Mi" } },
            { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          metadata: { name: "data", labels: LABELS },
          spec: {
            accessModes: ["ReadWriteOnce"],
            volumeMode: "Filesystem",
            resources: { requests: { storage: "1Gi" } },
          },
        },
      ],
    },
  });
});

interface Pod {
  readonly containers: readonly { readonly command?: readonly string[]; readonly ports?: readonly object[] }[];
}

function podOf(model: PlatformModel): Pod {
  return templateOf(statefulSet(model))?.spec as Pod;
}

test("the nodes of a cluster wait for the first one before their first start, and for the others before their end", () => {
  const model = { ...SAMPLE_MODEL, rabbitmq: { ...SAMPLE_MODEL.rabbitmq, replicas: 3 } };
  expect(statefulSet(model)).toMatchObject({ spec: { replicas: 3, podManagementPolicy: "Parallel" } });
  const [pod, single] = [podOf(model), podOf(SAMPLE_MODEL)];
  const [[node], [singleNode]] = [pod.containers, single.containers];
  const selector = { matchLabels: SELECTOR };
  expect(pod).toStrictEqual({
    ...single,
    terminationGracePeriodSeconds: 180,
    topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: selector,
    })),
    containers: [node],
  });
  const [shell, flags, script = ""] = singleNode?.command ?? [];
  const start = "exec rabbitmq-server";
  expect(node).toStrictEqual({
    ...singleNode,
    command: [
      shell,
      flags,
      `${script.slice(0, -start.length)}trap 'exit 143' TERM
if [ "$POD_NAME" != rabbitmq-0 ] && [ ! -e "/var/lib/rabbitmq/mnesia/$RABBITMQ_NODENAME" ]; then
  until erl -noinput -boot start_clean -eval 'case gen_tcp:connect("rabbitmq-0.rabbitmq-members.data-layer.svc.cluster.local", 25672, [], 2000) of {ok, _} -> halt(0); _ -> halt(1) end.'; do sleep 1; done
fi
${start}`,
    ],
    ports: [
      ...(singleNode?.ports ?? []),
      { name: "epmd", containerPort: 4369, protocol: "TCP" },
      { name: "distribution", containerPort: 25_672, protocol: "TCP" },
    ],
    livenessProbe: {
      tcpSocket: { port: "distribution" },
      initialDelaySeconds: 30,
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 3,
      successThreshold: 1,
    },
    lifecycle: {
      preStop: {
        exec: {
          command: ["sh", "-c", "rabbitmq-upgrade await_online_quorum_plus_one -t 90; rabbitmq-upgrade drain -t 30"],
        },
      },
    },
  });
});
