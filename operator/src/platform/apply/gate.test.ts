import { expect, test } from "vitest";
import type { Dependency } from "../../components/component.ts";
import { component } from "../testing.ts";
import { gate, type WorkloadChange } from "./gate.ts";

const CREATION: Dependency = { component: "rabbitmq", before: "creation" };
const CHANGE: Dependency = { component: "migrations", before: "change" };

const starting = new Map([
  ["rabbitmq", component("rabbitmq", "Progressing", "pod rabbitmq-0 is starting")],
  ["migrations", component("migrations", "Waiting", "waits for postgresql: 0 of 1 pods are ready")],
]);

const FOR_RABBITMQ = "rabbitmq: 0/1 ready, pod rabbitmq-0 is starting";
const FOR_MIGRATIONS = "migrations, which waits for postgresql: 0 of 1 pods are ready";

test.each<[WorkloadChange, string | undefined]>([
  ["created", `waits for ${FOR_RABBITMQ}; ${FOR_MIGRATIONS}`],
  ["changed", `waits for ${FOR_MIGRATIONS}`],
  ["kept", undefined],
])("a workload that is %s waits for what it needs then, and nothing else", (change, message) => {
  expect(gate(change, [CREATION, CHANGE], starting)).toBe(message);
});

test("nobody waits for what is ready, or switched off", () => {
  const states = new Map([["rabbitmq", component("rabbitmq", "Ready")]]);
  expect(gate("created", [CREATION, CHANGE], states)).toBeUndefined();
});
