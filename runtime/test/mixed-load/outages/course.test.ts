import { expect, test } from "vitest";
import { Course } from "./course.ts";
import type { Outage } from "./outage.ts";

const now = () => performance.now();
const never = new AbortController().signal;

test("each service is killed once, after the platform has recovered from the one before", async () => {
  const order: string[] = [];
  const outage = (name: string): Outage => ({
    name,
    kill: async () => void order.push(`kill ${name}`),
    restored: async () => void order.push(`restored ${name}`),
  });
  const recovered = async () => void order.push("recovered");
  const outages = [outage("Redis"), outage("RabbitMQ")];
  const course = new Course({ outages, quietMs: 1, recovered, now, say: () => undefined });
  await course.run(never);
  expect(order).toEqual([
    "kill Redis",
    "restored Redis",
    "recovered",
    "kill RabbitMQ",
    "restored RabbitMQ",
    "recovered",
  ]);
  const phases = course.phases(Number.POSITIVE_INFINITY);
  expect(phases.map(({ name }) => name)).toEqual([
    "before",
    "Redis killed",
    "after Redis",
    "RabbitMQ killed",
    "after RabbitMQ",
  ]);
  expect(phases[0]?.to).toBe(phases[1]?.from);
});

test("a platform that does not recover is an error that names what was killed", async () => {
  const outages: readonly Outage[] = [{ name: "Redis", kill: async () => undefined, restored: async () => undefined }];
  const recovered = () => Promise.reject(new Error("no new task is carried out"));
  const course = new Course({ outages, quietMs: 1, recovered, now, say: () => undefined });
  await expect(course.run(never)).rejects.toThrow("the platform did not recover after Redis was killed");
  expect(course.phases(now()).map(({ name }) => name)).toEqual(["before", "Redis killed"]);
});

test("once it is told to stop, nothing more is killed", async () => {
  const controller = new AbortController();
  const killed: string[] = [];
  const outage = (name: string): Outage => ({
    name,
    kill: async () => void killed.push(name),
    restored: async () => controller.abort(),
  });
  const outages = [outage("Redis"), outage("RabbitMQ")];
  const course = new Course({ outages, quietMs: 50, recovered: async () => undefined, now, say: () => undefined });
  await course.run(controller.signal);
  expect(killed).toEqual(["Redis"]);
});
