import { expect, test } from "vitest";
import { plan } from "../plan/plan.ts";
import { child, modelOfSpec } from "../testing.ts";
import { autoscaledMinimum, replicasOf } from "./autoscaled.ts";

const serverStep = (spec: Readonly<Record<string, unknown>>) => {
  const step = plan(modelOfSpec(spec)).find(({ component }) => component?.name === "server");
  const objects = step?.objects ?? [];
  return { objects, deployment: objects.find(({ kind }) => kind === "Deployment") ?? child("Deployment", "missing") };
};

test("the number of pods belongs to the autoscaler, where there is one", () => {
  const { objects, deployment } = serverStep({ server: { autoscaling: { minReplicas: 4 } } });
  expect(autoscaledMinimum(deployment, objects)).toBe(4);
  expect(replicasOf(deployment)).toBeUndefined();
});

test("and to the operator where there is none", () => {
  const { objects, deployment } = serverStep({ server: { replicas: 2 } });
  expect(autoscaledMinimum(deployment, objects)).toBeUndefined();
  expect(replicasOf(deployment)).toBe(2);
});
