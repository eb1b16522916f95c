import { beforeEach, describe, expect, it, vi } from "vitest";
import { Metrics } from "../metrics/metrics.ts";
import { FakeClock, settle } from "../testing/fake-clock.ts";
import { recordingLog } from "../testing/recording-log.ts";
import { Controller, type Reconciler, RetryError, TerminalError } from "./controller.ts";
import { WorkQueue } from "./work-queue.ts";

describe("Controller", () => {
  let clock: FakeClock;
  let metrics: Metrics;
  let queue: WorkQueue;
  let stop: AbortController;

  beforeEach(() => {
    clock = new FakeClock();
    metrics = new Metrics();
    queue = new WorkQueue({ name: "thing", metrics, clock, random: () => 0 });
    stop = new AbortController();
  });

  function start(reconcile: Reconciler["reconcile"], maxConcurrentReconciles = 1) {
    const { log, lines } = recordingLog();
    const reconciler = { reconcile };
    const controller = new Controller({
      name: "thing",
      reconciler,
      queue,
      maxConcurrentReconciles,
      metrics,
      log,
      clock,
    });
    return { controller, run: controller.run(stop.signal), lines };
  }

  async function figure(name: string): Promise<string | undefined> {
    const { text } = await metrics.scrape();
    return text
      .split("\n")
      .find((line) => line.startsWith(`${name} `))
      ?.split(" ")[1];
  }

  it("reconciles a key once and counts the success", async () => {
    const keys: string[] = [];
    const { controller } = start(async (key) => {
      keys.push(key);
      return {};
    });
    controller.enqueue("ns/a");
    await settle();
    expect(keys).toEqual(["ns/a"]);
    expect(await figure('controller_runtime_reconcile_total{controller="thing",result="success"}')).toBe("1");
    expect(await figure('controller_runtime_active_workers{controller="thing"}')).toBe("0");
    expect(clock.pending).toEqual([]);
  });

  it("looks again after requeueAfterMs, and forgets the failures before", async () => {
    let calls = 0;
    const { controller } = start(async () => {
      calls += 1;
      if (calls < 3) {
        throw new Error("not yet");
      }
      return { requeueAfterMs: 60_000 };
    });
    controller.enqueue("a");
    await clock.advance(100);
    expect(calls).toBe(3);
    expect(clock.pending).toEqual([60_000 - 85]);
    expect(await figure('controller_runtime_reconcile_total{controller="thing",result="requeue_after"}')).toBe("1");
    expect(await figure('controller_runtime_reconcile_errors_total{controller="thing"}')).toBe("2");
  });

  it("logs an error with the fields that find it again, and tries again", async () => {
    const { controller, lines } = start(async () => {
      throw new Error("while doing it", { cause: new Error("no") });
    });
    controller.enqueue("ns/a");
    await settle();
    expect(lines()).toEqual([
      expect.objectContaining({
        level: "error",
        msg: "Reconciler error",
        controller: "thing",
        namespace: "ns",
        name: "a",
        reconcileID: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
        error: expect.objectContaining({ message: "while doing it: no" }) as unknown,
      }),
    ]);
    expect(clock.pending).toEqual([5]);
  });

  it("does not try again after a terminal error, but counts it", async () => {
    const { controller } = start(async () => {
      throw new TerminalError("the password of the Secret is empty");
    });
    controller.enqueue("a");
    await settle();
    expect(clock.pending).toEqual([]);
    expect(await figure('controller_runtime_terminal_reconcile_errors_total{controller="thing"}')).toBe("1");
    expect(await figure('controller_runtime_reconcile_total{controller="thing",result="error"}')).toBe("1");
  });

  it("tries again with back-off, but no later than a failure asks for that ends without an event", async () => {
    const { controller } = start(async () => {
      throw new RetryError("the webhook does not answer", 40);
    });
    controller.enqueue("a");
    await settle();
    const delays: number[] = [];
    for (let round = 0; round < 5; round++) {
      const [delay = 0] = clock.pending;
      delays.push(delay);
      await clock.advance(delay);
    }
    expect(delays).toEqual([5, 10, 20, 40, 40]);
    expect(await figure('controller_runtime_reconcile_errors_total{controller="thing"}')).toBe("6");
  });

  it.each([
    ["a value that is missing", () => (undefined as unknown as { field: string }).field],
    ["something thrown that is no error", () => Promise.reject("text")],
  ])("survives %s and counts a panic", async (_, fail) => {
    const { controller } = start(async () => {
      await fail();
      return {};
    });
    controller.enqueue("a");
    await settle();
    expect(await figure('controller_runtime_reconcile_panics_total{controller="thing"}')).toBe("1");
    expect(clock.pending).toEqual([5]);
  });

  it("works as many keys at once as it may, and never one twice", async () => {
    const running = new Set<string>();
    let most = 0;
    const gates: (() => void)[] = [];
    const { controller } = start(async (key) => {
      expect(running).not.toContain(key);
      running.add(key);
      most = Math.max(most, running.size);
      const gate = Promise.withResolvers<void>();
      gates.push(gate.resolve);
      await gate.promise;
      running.delete(key);
      return {};
    }, 2);
    for (const key of ["a", "b", "c", "a"]) {
      controller.enqueue(key);
    }
    await settle();
    controller.enqueue("a");
    while (gates.length > 0) {
      gates.shift()?.();
      await settle();
    }
    expect(most).toBe(2);
    expect(await figure('controller_runtime_reconcile_total{controller="thing",result="success"}')).toBe("4");
  });

  it("finishes what is in flight before it ends, and begins nothing new", async () => {
    const gate = Promise.withResolvers<void>();
    const finished: string[] = [];
    const { controller, run } = start(async (key) => {
      await gate.promise;
      finished.push(key);
      return {};
    });
    controller.enqueue("a");
    controller.enqueue("b");
    await settle();
    stop.abort();
    await settle();
    expect(finished).toEqual([]);
    gate.resolve();
    await run;
    expect(finished).toEqual(["a"]);
    expect(clock.pending).toEqual([]);
  });

  it("ends a reconcile after 10 min, counts it and tries again", async () => {
    let calls = 0;
    const { controller, lines } = start(async (_, { signal }) => {
      calls += 1;
      if (calls > 1) return {};
      const aborted = Promise.withResolvers<never>();
      signal.addEventListener("abort", () => aborted.reject(new Error("gave up", { cause: signal.reason })));
      return aborted.promise;
    });
    controller.enqueue("a");
    await clock.advance(599_999);
    expect(await figure('controller_runtime_reconcile_timeouts_total{controller="thing"}')).toBe("0");
    await clock.advance(1000);
    expect(calls).toBe(2);
    expect(await figure('controller_runtime_reconcile_timeouts_total{controller="thing"}')).toBe("1");
    expect(await figure('controller_runtime_reconcile_errors_total{controller="thing"}')).toBe("1");
    expect(JSON.stringify(lines())).toContain("the reconcile did not end within 600 s");
    expect(clock.pending).toEqual([]);
  });

  it("waits 30 s for what is in flight, then aborts it", async () => {
    const aborted = vi.fn<() => void>();
    const { controller, run } = start(
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            aborted();
            reject(new Error("aborted"));
          });
        }),
    );
    controller.enqueue("a");
    await settle();
    stop.abort();
    await clock.advance(29_999);
    expect(aborted).not.toHaveBeenCalled();
    await clock.advance(1);
    await run;
    expect(aborted).toHaveBeenCalledOnce();
  });
});
