import { expect, test } from "vitest";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { autoscaler } from "./autoscaler.ts";

test("no autoscaler unless asked for", () => {
  expect(autoscaler(SAMPLE_MODEL)).toStrictEqual([]);
});
