import { expect, test } from "vitest";
import { shortHash } from "../../kit/hash.ts";
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
