import { expect, test } from "vitest";
import { child } from "../testing.ts";
import { Ledger } from "./ledger.ts";
import { unreadContent } from "./unread-content.ts";

const WORKLOAD = {
  ...child("StatefulSet", "redis"),
  spec: {
    template: {
      spec: {
        containers: [
          { name: "redis", env: [{ name: "P", valueFrom: { secretKeyRef: { name: "redis-credentials" } } }] },
        ],
        volumes: [{ name: "config", configMap: { name: "redis" } }],
      },
    },
  },
};

function without(kind: string, name: string): Ledger {
  const ledger = new Ledger();
  const object = child(kind, name);
  ledger.failed(object, { object: `${kind} data-layer/${name}`, message: "no" });
  return ledger;
}

test.each(["created", "changed"] as const)("a workload that is %s waits for what its pods read", (change) => {
  expect(unreadContent(WORKLOAD, change, without("ConfigMap", "redis"))).toBe(
    "waits for ConfigMap data-layer/redis, which its pods read",
  );
  expect(unreadContent(WORKLOAD, change, without("Secret", "redis-credentials"))).toBe(
    "waits for Secret data-layer/redis-credentials, which its pods read",
  );
});

test("it does not wait for what they do not read, nor when it is wanted as it was", () => {
  expect(unreadContent(WORKLOAD, "changed", without("ConfigMap", "another"))).toBeUndefined();
  expect(unreadContent(WORKLOAD, "changed", without("Service", "redis"))).toBeUndefined();
  expect(unreadContent(WORKLOAD, "kept", without("ConfigMap", "redis"))).toBeUndefined();
});
