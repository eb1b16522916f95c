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
  "app.kubernetes.io/name": "postgresql",
  "app.kubernetes.io/instance": "demo",
  "profileplatform.io/component": "postgresql",
};

const SELECTOR = { "app.kubernetes.io/name": "postgresql", "app.kubernetes.io/instance": "demo" };

test("one instance", () => {
  expect(statefulSet(SAMPLE_MODEL)).toStrictEqual({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "postgresql", namespace: "data-layer", labels: LABELS },
    spec: {
      replicas: 1,
      serviceName: "postgresql-members",
      podManagementPolicy: "Parallel",
      updateStrategy: { type: "RollingUpdate" },
      minReadySeconds: 10,
      revisionHistoryLimit: 3,
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      selector: { matchLabels: SELECTOR },
      template: {
        metadata: {
          labels: LABELS,
          annotations: {
            "profileplatform.io/config-hash": shortHash(configData(SAMPLE_MODEL)),
            "profileplatform.io/content-id": "idPostgreSQL",
          },
        },
        spec: {
          serviceAccountName: "postgresql",
          automountServiceAccountToken: true,
          enableServiceLinks: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 10001,
            runAsGroup: 10001,
            fsGroup: 10001,
            fsGroupChangePolicy: "OnRootMismatch",
            seccompProfile: { type: "RuntimeDefault" },
          },
          terminationGracePeriodSeconds: 120,
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
              name: "postgresql",
              image: "profile-platform/postgresql:0.1.0",
              command: ["patroni", "/etc/patroni/patroni.yml"],
              env: [
                { name: "POD_IP", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "status.podIP" } } },
                { name: "PATRONI_NAME", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "metadata.name" } } },
                {
                  name: "PATRONI_KUBERNETES_POD_IP",
                  valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "status.podIP" } },
                },
                { name: "PATRONI_POSTGRESQL_CONNECT_ADDRESS", value: "$(POD_IP):5432" },
                { name: "PATRONI_RESTAPI_CONNECT_ADDRESS", value: "$(POD_IP):8008" },
                { name: "PATRONI_RESTAPI_USERNAME", value: "patroni" },
                {
                  name: "PATRONI_RESTAPI_PASSWORD",
                  valueFrom: { secretKeyRef: { name: "postgresql-credentials", key: "patroni-password" } },
                },
                { name: "PATRONI_SUPERUSER_USERNAME", value: "postgres" },
                { name: "PATRONI_REPLICATION_USERNAME", value: "replicator" },
                {
                  name: "PATRONI_REPLICATION_PASSWORD",
                  valueFrom: { secretKeyRef: { name: "postgresql-credentials", key: "replication-password" } },
                },
                { name: "PATRONI_REWIND_USERNAME", value: "rewind" },
                {
                  name: "PATRONI_REWIND_PASSWORD",
                  valueFrom: { secretKeyRef: { name: "postgresql-credentials", key: "rewind-password" } },
                },
              ],
              livenessProbe: {
                httpGet: { port: "patroni", path: "/liveness", scheme: "HTTP" },
                terminationGracePeriodSeconds: 10,
                initialDelaySeconds: 30,
                periodSeconds: 10,
                timeoutSeconds: 5,
                failureThreshold: 3,
                successThreshold: 1,
              },
              readinessProbe: {
                exec: { command: ["pg_isready", "--quiet", "--timeout=3", "--host=/run/postgresql"] },
                initialDelaySeconds: 5,
                periodSeconds: 5,
                timeoutSeconds: 5,
                failureThreshold: 3,
                successThreshold: 1,
              },
              volumeMounts: [
                { name: "data", mountPath: "/var/lib/postgresql" },
                { name: "configuration", mountPath: "/etc/patroni", readOnly: true },
                { name: "credentials", mountPath: "/etc/postgresql-credentials", readOnly: true },
                { name: "run", mountPath: "/run/postgresql" },
                { name: "shared-memory", mountPath: "/dev/shm" },
                { name: "tmp", mountPath: "/tmp" },
              ],
              ports: [
                { name: "postgresql", containerPort: 5432, protocol: "TCP" },
                { name: "patroni", containerPort: 8008, protocol: "TCP" },
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
            { name: "configuration", configMap: { name: "postgresql-patroni", defaultMode: 292 } },
            { name: "credentials", secret: { secretName: "postgresql-credentials", defaultMode: 288 } },
            { name: "run", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
            { name: "shared-memory", emptyDir: { medium: "Memory", sizeLimit: "128Mi" } },
            { name: "tmp", emptyDir: { sizeLimit: "256Mi" } },
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
            resources: { requests: { storage: "10Gi" } },
          },
        },
      ],
    },
  });
});

test("what a platform can change is not in the claim template, which cannot", () => {
  const { postgresql } = SAMPLE_MODEL;
  const changed = {
    ...SAMPLE_MODEL,
    deletionPolicy: "Delete" as const,
    images: { ...SAMPLE_MODEL.images, postgresql: "registry.example/postgresql:2" },
    postgresql: { ...postgresql, instances: 3, parameters: { work_mem: "8MB" } },
  };
  const spec = (model: typeof SAMPLE_MODEL) => statefulSet(model)["spec"] as Record<string, unknown>;
  expect(spec(changed)["replicas"]).toBe(3);
  for (const fixed of ["selector", "serviceName", "podManagementPolicy", "volumeClaimTemplates"]) {
    expect(spec(changed)[fixed]).toStrictEqual(spec(SAMPLE_MODEL)[fixed]);
  }
});

test("a StorageClass is named when the platform names one", () => {
  const storage = { size: "20Gi", storageClassName: "fast" };
  const model = { ...SAMPLE_MODEL, postgresql: { ...SAMPLE_MODEL.postgresql, storage } };
  expect(statefulSet(model)).toHaveProperty("spec.volumeClaimTemplates.0.spec.storageClassName", "fast");
  expect(statefulSet(model)).toHaveProperty("spec.volumeClaimTemplates.0.spec.resources.requests.storage", "20Gi");
});
