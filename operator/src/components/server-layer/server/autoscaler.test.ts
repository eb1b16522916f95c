import { expect, test } from "vitest";
import { componentLabels } from "../../../labels.ts";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { autoscaler } from "./autoscaler.ts";
import { deployment } from "./deployment.ts";

const AUTOSCALED = {
  ...SAMPLE_MODEL,
  server: {
    ...SAMPLE_MODEL.server,
    autoscaling: { minReplicas: 2, maxReplicas: 10, targetCPUUtilizationPercentage: 70 },
  },
};

test("no autoscaler unless asked for", () => {
  expect(autoscaler(SAMPLE_MODEL)).toStrictEqual([]);
});

test("as many servers as their CPU asks for", () => {
  expect(autoscaler(AUTOSCALED)).toStrictEqual([
    {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: {
        name: "server",
        namespace: "server-layer",
        labels: componentLabels("demo", "server-layer", "server"),
      },
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "server" },
        minReplicas: 2,
        maxReplicas: 10,
        metrics: [
          { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
        ],
      },
    },
  ]);
});

test("the Deployment leaves the number to the autoscaler", () => {
  expect(deployment(AUTOSCALED)["spec"]).not.toHaveProperty("replicas");
});
