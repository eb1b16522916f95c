import { pino } from "pino";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Breaker } from "./breaker.ts";
import { Breakers } from "./breakers.ts";
import { CircuitOpenError, NotAttemptedError, SaturatedError, UnavailableError } from "./errors.ts";

let registry: Registry;
let breakers: Breakers;
let breaker: Breaker;
let lines: readonly { readonly msg: string; readonly reason?: string }[];
let probe: ReturnType<typeof vi.fn<() => Promise<void>>>;

beforeEach(() => {
  vi.useFakeTimers();
  registry = new Registry();
  const written: { msg: string }[] = [];
  lines = written;
  const log = pino({}, { write: (line: string) => void written.push(JSON.parse(line) as { msg: string }) });
  breakers = new Breakers({ config: { BREAKER_FAILURES: 3, BREAKER_PROBE_INTERVAL: 500 }, registry, log });
  probe = vi.fn<() => Promise<void>>(() => Promise.reject(new Error("still away")));
  breaker = breakers.create({
    name: "database",
    dependency: "the database",
    probe: () => probe(),
    isFailure: (thrown) => thrown instanceof UnavailableError,
  });
});
afterEach(() => {
  breakers.stop();
  vi.useRealTimers();
});

const away = (): Promise<never> => Promise.reject(new UnavailableError("the database", "while asking it"));

async function fail(times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await expect(breaker.run(away)).rejects.toThrow("while asking it");
}

async function value(metric: string, labels: Readonly<Record<string, string>>): Promise<number | undefined> {
  const values = (await registry.getSingleMetric(metric)?.get())?.values ?? [];
  return values.find(({ labels: found }) => Object.entries(labels).every(([name, text]) => found[name] === text))
    ?.value;
}

const stateInMetrics = async (): Promise<readonly string[]> => {
  const { values = [] } = (await registry.getSingleMetric("circuit_breaker_state")?.get()) ?? {};
  return values.filter((sample) => sample.value === 1).map(({ labels }) => String(labels["state"]));
};

describe("a closed circuit", () => {
  test("hands on results and errors", async () => {
    expect(await breaker.run(async () => "answer")).toBe("answer");
    await expect(breaker.run(() => Promise.reject(new RangeError("its own")))).rejects.toThrow(RangeError);
    expect([breaker.state, await stateInMetrics()]).toEqual(["closed", ["closed"]]);
  });

  test("opens after so many failures in a row", async () => {
    await fail(2);
    expect(breaker.state).toBe("closed");
    await fail(1);
    expect([breaker.state, await stateInMetrics()]).toEqual(["open", ["open"]]);
    expect(lines.map(({ msg, reason }) => [msg, reason])).toEqual([
      ["a circuit is open: the dependency is left alone", "while asking it"],
    ]);
  });

  test("counts from the beginning after a success, and after an error that only somebody who answers can give", async () => {
    await fail(2);
    await breaker.run(async () => undefined);
    await fail(2);
    await expect(breaker.run(() => Promise.reject(new Error("duplicate key")))).rejects.toThrow("duplicate key");
    await fail(2);
    expect(breaker.state).toBe("closed");
  });

  test("heeds no call that was not made, neither as a failure nor as a success", async () => {
    const saturated = (): Promise<never> => Promise.reject(new SaturatedError("the database", "no room"));
    for (let time = 0; time < 10; time += 1) await expect(breaker.run(saturated)).rejects.toThrow(SaturatedError);
    expect(breaker.state).toBe("closed");
    await fail(2);
    await expect(breaker.run(saturated)).rejects.toThrow(SaturatedError);
    await fail(1);
    expect(breaker.state).toBe("open");
  });

  test("counts failures that come together", async () => {
    await Promise.allSettled([1, 2, 3, 4, 5].map(() => breaker.run(away)));
    expect(breaker.state).toBe("open");
    expect(await value("circuit_breaker_opened_total", { dependency: "database" })).toBe(1);
  });

  test("opens at once when something else knows that the dependency is away", async () => {
    await breaker.trip(new Error("the check took too long"));
    expect(breaker.state).toBe("open");
    expect(lines[0]?.reason).toBe("the check took too long");
  });
});

describe("an open circuit", () => {
  test("refuses at once, without making the call", async () => {
    await fail(3);
    const call = vi.fn(async () => undefined);
    const refusal = breaker.run(call);
    await expect(refusal).rejects.toThrow(CircuitOpenError);
    await expect(refusal).rejects.toThrow(NotAttemptedError);
    await expect(refusal).rejects.toMatchObject({ dependency: "the database" });
    expect(call).not.toHaveBeenCalled();
    expect(await value("circuit_breaker_refused_total", { dependency: "database" })).toBe(1);
  });

  test("gives up what was under way when it opened, and tells the call not to begin anything", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const after: boolean[] = [];
    const slow = breaker.run(async (call) => {
      await promise;
      after.push(call.cutOff);
    });
    const told = slow.catch((err: unknown) => err);
    await fail(3);
    expect(await told).toEqual(new UnavailableError("the database", "given up together with others that failed"));
    resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect([after, breaker.state]).toEqual([[true], "open"]);
  });

  test("is closed by the probe, which is half-open meanwhile, and by nothing else", async () => {
    await fail(3);
    const { promise, resolve } = Promise.withResolvers<void>();
    await vi.advanceTimersByTimeAsync(500);
    expect([probe.mock.calls.length, breaker.state]).toEqual([1, "open"]);
    probe.mockImplementation(() => promise);
    await vi.advanceTimersByTimeAsync(500);
    expect([probe.mock.calls.length, breaker.state, await stateInMetrics()]).toEqual([2, "half-open", ["half-open"]]);
    await expect(breaker.run(async () => "a caller")).rejects.toThrow(CircuitOpenError);
    resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect([breaker.state, await stateInMetrics()]).toEqual(["closed", ["closed"]]);
    expect(await breaker.run(async () => "answer")).toBe("answer");
    expect(lines.at(-1)?.msg).toBe("a circuit is closed again");
  });

  test("closes although the clock of the wall was set back meanwhile", async () => {
    vi.setSystemTime(1_000_000);
    await fail(3);
    vi.setSystemTime(0);
    probe.mockResolvedValue();
    await vi.advanceTimersByTimeAsync(500);
    expect(breaker.state).toBe("closed");
  });

  test("once closed it takes as many failures as before, and what was given up counts no more", async () => {
    const late = Promise.withResolvers<never>();
    const calls = [1, 2, 3, 4].map(() => breaker.run(() => late.promise).catch(() => undefined));
    await breaker.trip(new Error("away"));
    await Promise.all(calls);
    probe.mockResolvedValue();
    await vi.advanceTimersByTimeAsync(500);
    late.reject(new UnavailableError("the database", "too late"));
    await vi.advanceTimersByTimeAsync(0);
    await fail(2);
    expect(breaker.state).toBe("closed");
    await fail(1);
    expect(breaker.state).toBe("open");
    await vi.advanceTimersByTimeAsync(500);
    expect(breaker.state).toBe("closed");
    expect(await value("circuit_breaker_opened_total", { dependency: "database" })).toBe(2);
  });

  test("calls its listeners each time, before those who wait are told", async () => {
    const order: string[] = [];
    breaker.onOpen(() => order.push("listener"));
    const waiting = breaker.run(() => new Promise(() => undefined)).catch(() => order.push("caller"));
    await breaker.trip(new Error("away"));
    await waiting;
    expect(order).toEqual(["listener", "caller"]);
  });

  test("is probed no more once it is stopped", async () => {
    await fail(3);
    breaker.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(probe).not.toHaveBeenCalled();
  });
});
