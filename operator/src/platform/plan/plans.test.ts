import { expect, test } from "vitest";
import { CREDENTIALS, modelOfSpec } from "../testing.ts";
import { plan } from "./plan.ts";
import { Plans } from "./plans.ts";

test("a plan is what would be built, and the same one for the same model", () => {
  const plans = new Plans();
  const steps = plans.of(modelOfSpec());
  expect(steps).toEqual(plan(modelOfSpec()));
  expect(plans.of(modelOfSpec())).toBe(steps);
});

test("another spec and other credentials have other plans", () => {
  const plans = new Plans();
  const model = modelOfSpec();
  expect(plans.of(modelOfSpec({ server: { replicas: 5 } }))).not.toEqual(plans.of(model));
  const credentials = { ...CREDENTIALS, redis: { ...CREDENTIALS.redis, contentId: "another" } };
  expect(plans.of({ ...model, credentials })).not.toEqual(plans.of(model));
});

test("those that nobody asked for the longest are built again", () => {
  const plans = new Plans(2);
  const [one, two, three] = [1, 2, 3].map((replicas) => modelOfSpec({ worker: { replicas } })) as [
    ReturnType<typeof modelOfSpec>,
    ReturnType<typeof modelOfSpec>,
    ReturnType<typeof modelOfSpec>,
  ];
  const first = plans.of(one);
  plans.of(two);
  expect(plans.of(one)).toBe(first);
  plans.of(three);
  expect(plans.of(one)).toBe(first);
  expect(plans.of(two)).not.toBe(first);
});
