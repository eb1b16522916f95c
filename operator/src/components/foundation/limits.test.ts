import { expect, test } from "vitest";
import { layerLabels } from "../../labels.ts";
import { server } from "../server-layer/server/index.ts";
import { worker } from "../server-layer/worker/index.ts";
import { SAMPLE_MODEL } from "../testing/sample-model.ts";
import { limitRange, resourceQuota } from "./limits.ts";

const LABELS = layerLabels("demo", "server-layer");

test("containers that name no amounts get the defaults", () => {
  expect(limitRange(SAMPLE_MODEL, "server-layer")).toStrictEqual({
    apiVersion: "v1",
    kind: "LimitRange",
    metadata: { name: "container-defaults", namespace: "server-layer", labels: LABELS },
    spec: {
      limits: [
        {
          type: "Container",
          default: { cpu: "500m", memory: "512Mi" },
          defaultRequest: { cpu: "200m", memory: "256Mi" },
        },
      ],
    },
  });
});

test("the quota leaves room for a whole rolling update of everything, and one pod", () => {
  // 3 servers: 3 old, 3 new, 1 surge. 1 worker: 1, 1, 1. One spare. 11 pods in all.
  expect(resourceQuota(SAMPLE_MODEL, "server-layer", [server, worker])).toStrictEqual({
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "layer", namespace: "server-layer", labels: LABELS },
    spec: {
      hard: {
        pods: "11",
        "requests.cpu": "2200m",
        "requests.memory": "2816Mi",
        "limits.cpu": "5500m",
        "limits.memory": "5632Mi",
      },
    },
  });
});

test("the quota follows the autoscaler's largest number", () => {
  const autoscaling = { minReplicas: 3, maxReplicas: 10, targetCPUUtilizationPercentage: 70 };
  const model = { ...SAMPLE_MODEL, server: { ...SAMPLE_MODEL.server, autoscaling } };
  expect(resourceQuota(model, "server-layer", [server])).toHaveProperty("spec.hard.pods", "22");
});
