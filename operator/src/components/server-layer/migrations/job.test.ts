import type { V1JobSpec } from "@kubernetes/client-node";
import { expect, test } from "vitest";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { job, jobName } from "./job.ts";

const LABELS = {
  "app.kubernetes.io/part-of": "profile-platform",
  "app.kubernetes.io/managed-by": "profile-platform-operator",
  "profileplatform.io/platform": "demo",
  "profileplatform.io/layer": "server-layer",
  "app.kubernetes.io/name": "migrations",
  "app.kubernetes.io/instance": "demo",
  "profileplatform.io/component": "migrations",
};

test("the migrations run once", () => {
  expect(job(SAMPLE_MODEL)).toStrictEqual({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "migrations-b3577912fa", namespace: "server-layer", labels: LABELS },
    spec: {
      parallelism: 1,
      completions: 1,
      backoffLimit: 10,
      template: {
        metadata: { labels: LABELS },
        spec: {
          serviceAccountName: "migrations",
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
          restartPolicy: "Never",
          containers: [
            {
              imagePullPolicy: "IfNotPresent",
              name: "migrations",
              image: "profile-platform/runtime:0.1.0",
              command: ["node", "/app/migrate.mjs"],
              env: [
                { name: "DB_HOST", value: "postgresql.data-layer.svc.cluster.local" },
                { name: "DB_PORT", value: "5432" },
                { name: "LOG_LEVEL", value: "info" },
                { name: "DB_USER", valueFrom: { secretKeyRef: { name: "postgresql-credentials", key: "username" } } },
                {
                  name: "DB_PASSWORD",
                  valueFrom: { secretKeyRef: { name: "postgresql-credentials", key: "password" } },
                },
                { name: "DB_NAME", valueFrom: { secretKeyRef: { name: "postgresql-credentials", key: "database" } } },
              ],
              volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
              resources: { requests: { cpu: "200m", memory: "256Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
            },
          ],
          volumes: [{ name: "tmp", emptyDir: { sizeLimit: "64Mi" } }],
        },
      },
    },
  });
});

test("a new database is a new Job", () => {
  const [first, second] = ["7710477467263422487", "7710477467263422488"].map((database) => ({
    ...SAMPLE_MODEL,
    database,
  }));
  expect(jobName({ ...SAMPLE_MODEL, ...second })).not.toBe(jobName({ ...SAMPLE_MODEL, ...first }));
  const { metadata, spec } = job({ ...SAMPLE_MODEL, ...first }) as ReturnType<typeof job> & {
    readonly spec?: V1JobSpec;
  };
  const annotations = { "profileplatform.io/database": "7710477467263422487" };
  expect([metadata.annotations, spec?.template.metadata?.annotations]).toEqual([annotations, annotations]);
});

test("a new image is a new Job, a new password or other servers are not", () => {
  const { images, credentials, server } = SAMPLE_MODEL;
  const name = jobName(SAMPLE_MODEL);
  expect(jobName({ ...SAMPLE_MODEL, images: { ...images, runtime: "registry.example/runtime:2" } })).not.toBe(name);
  const password = { contentId: "other", values: { ...credentials.postgresql.values, password: "other" } };
  expect(jobName({ ...SAMPLE_MODEL, credentials: { ...credentials, postgresql: password } })).toBe(name);
  expect(jobName({ ...SAMPLE_MODEL, server: { ...server, replicas: 9 } })).toBe(name);
});
