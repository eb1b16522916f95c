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
  "app.kubernetes.io/name": "redis",
  "app.kubernetes.io/instance": "demo",
  "profileplatform.io/component": "redis",
};

const SELECTOR = { "app.kubernetes.io/name": "redis", "app.kubernetes.io/instance": "demo" };

test("Redis runs with its password on standard input", () => {
  expect(statefulSet(SAMPLE_MODEL)).toStrictEqual({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "redis", namespace: "data-layer", labels: LABELS },
    spec: {
      replicas: 1,
      serviceName: "redis-members",
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
            "profileplatform.io/content-id": "idRedis",
          },
        },
        spec: {
          serviceAccountName: "redis",
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
          terminationGracePeriodSeconds: 30,
          containers: [
            {
              imagePullPolicy: "IfNotPresent",
              name: "redis",
              image: "profile-platform/redis:0.1.0",
              command: [
                "sh",
                "-euc",
                `exec redis-server /etc/redis/redis.conf - <<EOF
requirepass $REDISCLI_AUTH
EOF`,
              ],
              env: [
                { name: "REDISCLI_AUTH", valueFrom: { secretKeyRef: { name: "redis-credentials", key: "password" } } },
              ],
              livenessProbe: {
                exec: { command: ["redis-cli", "-p", "6379", "ping"] },
                initialDelaySeconds: 30,
                periodSeconds: 10,
                timeoutSeconds: 5,
                failureThreshold: 3,
                successThreshold: 1,
              },
              readinessProbe: {
                exec: { command: ["redis-cli", "-p", "6379", "-e", "ping"] },
                initialDelaySeconds: 5,
                periodSeconds: 5,
                timeoutSeconds: 5,
                failureThreshold: 3,
                successThreshold: 1,
              },
              volumeMounts: [
                { name: "data", mountPath: "/data" },
                { name: "configuration", mountPath: "/etc/redis", readOnly: true },
                { name: "tmp", mountPath: "/tmp" },
              ],
              ports: [{ name: "redis", containerPort: 6379, protocol: "TCP" }],
              resources: { requests: { cpu: "200m", memory: "256Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
            },
          ],
          volumes: [
            { name: "configuration", configMap: { name: "redis", defaultMode: 292 } },
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
