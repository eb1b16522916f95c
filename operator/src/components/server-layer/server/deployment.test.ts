import { expect, test } from "vitest";
import { shortHash } from "../../kit/hash.ts";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { configData } from "./config-map.ts";
import { deployment } from "./deployment.ts";

const LABELS = {
  "app.kubernetes.io/part-of": "profile-platform",
  "app.kubernetes.io/managed-by": "profile-platform-operator",
  "profileplatform.io/platform": "demo",
  "profileplatform.io/layer": "server-layer",
  "app.kubernetes.io/name": "server",
  "app.kubernetes.io/instance": "demo",
  "profileplatform.io/component": "server",
};

const SELECTOR = { "app.kubernetes.io/name": "server", "app.kubernetes.io/instance": "demo" };

test("three servers", () => {
  expect(deployment(SAMPLE_MODEL)).toStrictEqual({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "server", namespace: "server-layer", labels: LABELS },
    spec: {
      replicas: 3,
      revisionHistoryLimit: 3,
      progressDeadlineSeconds: 600,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: SELECTOR },
      template: {
        metadata: {
          labels: LABELS,
          annotations: {
            "profileplatform.io/config-hash": shortHash(configData(SAMPLE_MODEL)),
            "profileplatform.io/content-id": "idPostgreSQL.idRedis.idRabbitMQ",
            "prometheus.io/scrape": "true",
            "prometheus.io/port": "9090",
            "prometheus.io/path": "/metrics",
          },
        },
        spec: {
          serviceAccountName: "server",
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
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: "topology.kubernetes.io/zone",
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: SELECTOR },
            },
            {
              maxSkew: 1,
              topologyKey: "kubernetes.io/hostname",
              whenUnsatisfiable: "ScheduleAnyway",
              labelSelector: { matchLabels: SELECTOR },
            },
          ],
          containers: [
            {
              imagePullPolicy: "IfNotPresent",
              name: "server",
              image: "profile-platform/runtime:0.1.0",
              command: ["node", "/app/server.mjs"],
              envFrom: [{ configMapRef: { name: "server" } }],
              env: [
                { name: "DB_USER", valueFrom: { secretKeyRef: { name: "postgresql-credentials", key: "username" } } },
                {
                  name: "DB_PASSWORD",
                  valueFrom: { secretKeyRef: { name: "postgresql-credentials", key: "password" } },
                },
                { name: "DB_NAME", valueFrom: { secretKeyRef: { name: "postgresql-credentials", key: "database" } } },
                { name: "REDIS_PASSWORD", valueFrom: { secretKeyRef: { name: "redis-credentials", key: "password" } } },
                {
                  name: "RABBITMQ_USERNAME",
                  valueFrom: { secretKeyRef: { name: "rabbitmq-credentials", key: "username" } },
                },
                {
                  name: "RABBITMQ_PASSWORD",
                  valueFrom: { secretKeyRef: { name: "rabbitmq-credentials", key: "password" } },
                },
                {
                  name: "QUEUE_URI",
                  value: "amqp://$(RABBITMQ_USERNAME):$(RABBITMQ_PASSWORD)@rabbitmq.data-layer.svc.cluster.local:5672/",
                },
              ],
              livenessProbe: {
                httpGet: { port: "http", path: "/health", scheme: "HTTP" },
                initialDelaySeconds: 30,
                periodSeconds: 10,
                timeoutSeconds: 5,
                failureThreshold: 3,
                successThreshold: 1,
              },
              readinessProbe: {
                httpGet: { port: "http", path: "/ready", scheme: "HTTP" },
                initialDelaySeconds: 5,
                periodSeconds: 5,
                timeoutSeconds: 5,
                failureThreshold: 3,
                successThreshold: 1,
              },
              lifecycle: { preStop: { sleep: { seconds: 5 } } },
              volumeMounts: [
                { name: "tmp", mountPath: "/tmp" },
                { name: "jwks", mountPath: "/etc/profile-platform/auth", readOnly: true },
              ],
              ports: [
                { name: "http", containerPort: 8080, protocol: "TCP" },
                { name: "metrics", containerPort: 9090, protocol: "TCP" },
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
            { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
            { name: "jwks", configMap: { name: "server-jwks", defaultMode: 0o444 } },
          ],
        },
      },
    },
  });
});
