import { expect, test } from "vitest";
import { SAMPLE_MODEL } from "../../../testing/sample-model.ts";
import { statefulSet } from "../stateful-set.ts";
import { memberSpec } from "./pod.ts";

const THREE = { ...SAMPLE_MODEL, redis: { ...SAMPLE_MODEL.redis, replicas: 3 } };

const run = (script: string) => ({ exec: { command: ["sh", "-eu", `/etc/redis/${script}`] } });
const LIVENESS = { initialDelaySeconds: 30, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 };
const READINESS = { initialDelaySeconds: 5, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 };

const SHARED = {
  imagePullPolicy: "IfNotPresent",
  image: "profile-platform/redis:0.1.0",
  env: [
    { name: "POD_NAME", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "metadata.name" } } },
    { name: "REDISCLI_AUTH", valueFrom: { secretKeyRef: { name: "redis-credentials", key: "password" } } },
  ],
  volumeMounts: [
    { name: "data", mountPath: "/data" },
    { name: "configuration", mountPath: "/etc/redis", readOnly: true },
    { name: "tmp", mountPath: "/tmp" },
  ],
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
};

test("a member is Redis with a Sentinel beside it", () => {
  const selector = { matchLabels: { "app.kubernetes.io/name": "redis", "app.kubernetes.io/instance": "demo" } };
  expect(memberSpec(THREE)).toStrictEqual({
    terminationGracePeriodSeconds: 45,
    topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: selector,
    })),
    containers: [
      {
        ...SHARED,
        name: "redis",
        command: run("redis-start.sh").exec.command,
        ports: [{ name: "redis", containerPort: 6379, protocol: "TCP" }],
        livenessProbe: { ...run("redis-alive.sh"), ...LIVENESS, successThreshold: 1 },
        readinessProbe: { ...run("redis-ready.sh"), ...READINESS, successThreshold: 1 },
        lifecycle: { preStop: run("redis-leave.sh") },
        resources: { requests: { cpu: "200m", memory: "256Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
      },
      {
        ...SHARED,
        name: "sentinel",
        command: run("sentinel-start.sh").exec.command,
        ports: [{ name: "sentinel", containerPort: 26379, protocol: "TCP" }],
        livenessProbe: { exec: { command: ["redis-cli", "-p", "26379", "ping"] }, ...LIVENESS, successThreshold: 1 },
        readinessProbe: { ...run("sentinel-ready.sh"), ...READINESS, successThreshold: 1 },
        resources: { requests: { cpu: "50m", memory: "32Mi" }, limits: { cpu: "200m", memory: "64Mi" } },
      },
    ],
  });
});

test("an update goes on to the next member once Sentinels know the one before", () => {
  expect(statefulSet(THREE)["spec"]).toMatchObject({
    replicas: 3,
    minReadySeconds: 10,
    podManagementPolicy: "Parallel",
    updateStrategy: { type: "RollingUpdate" },
  });
});
