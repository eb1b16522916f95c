import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { backoffDelay, FatalStepError, TimeoutError, untilReady, withTimeout } from "./retry.ts";

const log = pino({ level: "silent" });
const quick = { initial: 1, maximum: 2 };

describe("backoffDelay", () => {
  test("doubles up to the maximum, and lies between half and all of a step", () => {
    const backoff = { initial: 100, maximum: 1_000 };
    expect([1, 2, 3, 4, 5, 50].map((attempt) => backoffDelay(backoff, attempt, () => 1))).toEqual([
      100, 200, 400, 800, 1_000, 1_000,
    ]);
    expect(backoffDelay(backoff, 3, () => 0)).toBe(200);
  });
});

describe("untilReady", () => {
  test("repeats a step until it succeeds", async () => {
    let attempts = 0;
    const step = async (): Promise<number> => {
      attempts += 1;
      if (attempts < 3) throw new Error("not yet");
      return attempts;
    };
    const options = { name: "step", log, signal: new AbortController().signal, backoff: quick };
    expect(await untilReady(step, options)).toBe(3);
  });

  test("gives up on what no retry can cure", async () => {
    const step = async (): Promise<never> => {
      throw new FatalStepError(new Error("newer schema"));
    };
    const options = { name: "step", log, signal: new AbortController().signal, backoff: quick };
    await expect(untilReady(step, options)).rejects.toThrow("newer schema");
  });

  test("ends with the signal", async () => {
    const controller = new AbortController();
    const step = async (): Promise<never> => {
      controller.abort(new Error("stopped"));
      throw new Error("not yet");
    };
    const waiting = untilReady(step, {
      name: "step",
      log,
      signal: controller.signal,
      backoff: { initial: 60_000, maximum: 60_000 },
    });
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("withTimeout", () => {
  test("names what took too long", async () => {
    const never = new Promise<never>(() => undefined);
    await expect(withTimeout(never, 1, "the check of redis")).rejects.toEqual(
      new TimeoutError("the check of redis took longer than 1 ms"),
    );
  });

  test("passes on what the operation gives", async () => {
    expect(await withTimeout(Promise.resolve(1), 1_000, "it")).toBe(1);
    await expect(withTimeout(Promise.reject(new Error("no")), 1_000, "it")).rejects.toThrow("no");
  });
});
