import { expect, test } from "vitest";
import { componentLabels } from "../../labels.ts";
import { SAMPLE_MODEL } from "../testing/sample-model.ts";
import { disruptionBudget } from "./disruption-budget.ts";

const PLACE = { name: "worker", layer: "server-layer" } as const;

test("one pod of several may leave at a time", () => {
  expect(disruptionBudget(SAMPLE_MODEL, PLACE, 2)).toStrictEqual([
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: {
        name: "worker",
        namespace: "server-layer",
        labels: componentLabels("demo", "server-layer", "worker"),
      },
      spec: {
        maxUnavailable: 1,
        unhealthyPodEvictionPolicy: "AlwaysAllow",
        selector: { matchLabels: { "app.kubernetes.io/name": "worker", "app.kubernetes.io/instance": "demo" } },
      },
    },
  ]);
});

test("a single pod may always leave", () => {
  expect(disruptionBudget(SAMPLE_MODEL, PLACE, 1)).toStrictEqual([]);
});
