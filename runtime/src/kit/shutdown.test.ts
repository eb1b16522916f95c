import { pino } from "pino";
import { expect, test } from "vitest";
import { shutDown } from "./shutdown.ts";

const log = pino({ level: "silent" });

test("readiness fails first, then each step after the other", async () => {
  const happened: string[] = [];
  const step = (name: string) => ({
    name,
    async run() {
      happened.push(name);
    },
  });
  const clean = await shutDown({
    log,
    gracePeriod: 1_000,
    drainDelay: 0,
    startDraining: () => happened.push("draining"),
    steps: [step("requests"), step("connections")],
  });
  expect(happened).toEqual(["draining", "requests", "connections"]);
  expect(clean).toBe(true);
});

test("a step that fails or hangs does not keep the next from being run", async () => {
  const happened: string[] = [];
  const clean = await shutDown({
    log,
    gracePeriod: 100,
    drainDelay: 0,
    startDraining: () => undefined,
    steps: [
      { name: "hangs", run: () => new Promise<never>(() => undefined) },
      {
        name: "fails",
        run() {
          throw new Error("no");
        },
      },
      { name: "last", run: () => void happened.push("last") },
    ],
  });
  expect(happened).toEqual(["last"]);
  expect(clean).toBe(false);
});
