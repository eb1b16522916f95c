import { expect, test } from "vitest";
import type { KubernetesObject } from "../../kubernetes.ts";
import { objectId } from "../live/object-id.ts";
import { child } from "../testing.ts";
import { Ledger } from "./ledger.ts";

const a = child("ConfigMap", "a");
const b = child("ConfigMap", "b");
const c = child("ConfigMap", "c");

test("what was done at once, in any order, is told in the order of the plan", () => {
  const tellOf = (order: readonly KubernetesObject[]) => {
    const ledger = new Ledger();
    ledger.arrange([a, b, c]);
    for (const object of order) {
      const failure = { object: objectId(object), message: "no" };
      ledger.created(object);
      ledger.configured(object);
      ledger.corrected(object, ["data"]);
      ledger.restarted(object, ["why"]);
      ledger.awaitsTurn(object);
      ledger.failed(object, failure);
      ledger.serverFailed(object, failure);
      ledger.waits(object, `${objectId(object)} waits`);
    }
    return { ...ledger.outcome([]), awaitingTurn: ledger.awaitingTurn };
  };
  const told = tellOf([b, c, a]);
  expect(told).toEqual(tellOf([a, b, c]));
  expect(told.created).toEqual([a, b, c].map(objectId));
  expect(told.waits).toEqual([a, b, c].map((object) => `${objectId(object)} waits`));
});

test("a reason that several wait for is told once, where the first of them stands that gave it", () => {
  const ledger = new Ledger();
  ledger.arrange([a, b]);
  ledger.waits(b, "the namespace is on its way out");
  ledger.waits(a, "its Secret is missing");
  ledger.waits(a, "the namespace is on its way out");
  expect(ledger.outcome([]).waits).toEqual(["its Secret is missing", "the namespace is on its way out"]);
});

test("what is in no plan comes last", () => {
  const ledger = new Ledger();
  ledger.arrange([a]);
  for (const object of [c, b, a]) ledger.created(object);
  expect(ledger.outcome([]).created).toEqual([a, c, b].map(objectId));
});
