import { beforeEach, describe, expect, test } from "vitest";
import type { KubernetesObject } from "../../kubernetes.ts";
import type { ApiClient, ApiRequest } from "../client/api-client.ts";
import { ApiError } from "../client/api-error.ts";
import { FakeClock, settle } from "../testing/fake-clock.ts";
import { recordingLog } from "../testing/recording-log.ts";
import { EventRecorder } from "./event-recorder.ts";

/** What becomes of a request: it is answered after so many milliseconds, refused, or left without an answer. */
type Fate = number | Error | "hangs";

const ANSWER_MS = 10;

interface Sent {
  readonly at: number;
  readonly method: string;
  /** Object and note of an Event, or the path and count of a series. */
  readonly what: string;
  readonly timeoutMs: number | undefined;
}

/** An API server that keeps time by the clock of the test. */
class FakeApi {
  readonly sent: Sent[] = [];
  /** Requests that have not ended. */
  open = 0;
  fate: (object: string) => Fate = () => ANSWER_MS;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  get client(): Pick<ApiClient, "request"> {
    return { request: (request) => this.#answer(request) as Promise<never> };
  }

  #answer({ method, path, body, timeoutMs = Number.POSITIVE_INFINITY, signal }: ApiRequest): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    if (signal?.aborted === true) return Promise.reject(new Error("aborted before it was sent"));
    const event = body as { regarding?: { name: string }; note?: string; series?: { count: number } };
    const object = event.regarding?.name ?? /\/events\/(\w+)\./.exec(path)?.[1] ?? "";
    const what = `${object}: ${event.note ?? event.series?.count}`;
    this.sent.push({ at: this.#clock.monotonic(), method, what, timeoutMs });
    const fate = this.fate(object);
    if (fate instanceof Error) return Promise.reject(fate);
    if (fate !== "hangs" && fate < timeoutMs) this.#clock.schedule(() => resolve({}), fate);
    else this.#clock.schedule(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    signal?.addEventListener("abort", () => reject(new Error("aborted")));
    this.open += 1;
    return promise.finally(() => {
      this.open -= 1;
    });
  }
}

describe("EventRecorder", () => {
  let clock: FakeClock;
  let api: FakeApi;
  let recorder: EventRecorder;
  let lines: () => readonly Record<string, unknown>[];

  beforeEach(() => {
    clock = new FakeClock();
    api = new FakeApi(clock);
    const recording = recordingLog();
    lines = recording.lines;
    recorder = new EventRecorder({
      client: api.client,
      reportingController: "example.com/engine-test",
      reportingInstance: "pod-1",
      log: recording.log,
      clock,
      random: () => 0,
    });
  });

  function record(name: string, ...notes: readonly string[]): void {
    const regarding: KubernetesObject = { apiVersion: "v1", kind: "Node", metadata: { name, uid: name } };
    for (const note of notes) recorder.record(regarding, { type: "Normal", reason: "Told", action: "Tell", note });
  }

  const sent = () => api.sent.map(({ at, what }) => `${at} ${what}`);
  const messages = () => lines().map(({ msg }) => msg);

  test("sends the Events of an object one after the other, and those of others beside them", async () => {
    record("one", "first", "second");
    record("two", "third");
    await clock.advance(100);
    expect(sent()).toEqual(["0 one: first", "0 two: third", "10 one: second"]);
  });

  test("sends Events of eight objects at once", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `node${index}`);
    for (const name of names) record(name, "hello");
    await clock.advance(100);
    const times = api.sent.map(({ at }) => at);
    expect(times).toEqual([...Array(8).fill(0), ...Array(8).fill(10), ...Array(4).fill(20)]);
  });

  test("makes equal events one with a count", async () => {
    record("one", "again", "again", "again");
    await clock.advance(100);
    expect(sent()).toEqual(["0 one: again", "10 one: 3"]);
  });

  test("an object whose Events are not answered does not delay those of others", async () => {
    api.fate = (object) => (object === "stuck" ? "hangs" : ANSWER_MS);
    record("stuck", ...Array.from({ length: 50 }, (_, index) => `${index}`));
    await clock.advance(60_000);
    record("one", "first", "second");
    await clock.advance(100);
    expect(sent().slice(-2)).toEqual(["60000 one: first", "60010 one: second"]);
  });

  test("neither do many such objects, once their first Events had their time", async () => {
    api.fate = (object) => (object.startsWith("stuck") ? "hangs" : ANSWER_MS);
    for (let i = 0; i < 20; i++) record(`stuck${i}`, "first", "second", "third");
    record("one", "waits for a place");
    await clock.advance(10_000);
    expect(sent()).toContain("10000 one: waits for a place");
    await clock.advance(10_000);
    for (const name of ["one", "two", "three", "four"]) record(name, "does not wait");
    await clock.advance(100);
    const names = ["one", "two", "three", "four"];
    expect(sent().slice(-4)).toEqual(names.map((name) => `20000 ${name}: does not wait`));
  });

  test("gives up after three tries, of which the first is short, and goes on with the next", async () => {
    api.fate = () => "hangs";
    record("one", "first", "second");
    await clock.advance(36_500);
    expect(api.sent.map(({ at, what, timeoutMs }) => [at, what, timeoutMs])).toEqual([
      [0, "one: first", 5_000],
      [5_500, "one: first", 15_000],
      [21_500, "one: first", 15_000],
      [36_500, "one: second", 5_000],
    ]);
    expect(messages()).toEqual(["Could not record an event"]);
  });

  test("does not repeat what was refused", async () => {
    api.fate = () => new ApiError({ status: 403, reason: "Forbidden", message: "no" });
    record("one", "first");
    await clock.advance(60_000);
    expect(sent()).toEqual(["0 one: first"]);
    expect(messages()).toEqual(["Could not record an event"]);
  });

  test("an Event that is there already was written by a try whose answer was lost", async () => {
    const fates: Fate[] = ["hangs", new ApiError({ status: 409, reason: "AlreadyExists", message: "there" })];
    api.fate = () => fates.shift() ?? ANSWER_MS;
    record("one", "again");
    await clock.advance(10_000);
    record("one", "again");
    await clock.advance(100);
    expect(sent()).toEqual(["0 one: again", "5500 one: again", "10000 one: 2"]);
    expect(messages()).toEqual([]);
  });

  test("a count that was not written is written at the next try, its Event once", async () => {
    const fates: Fate[] = [ANSWER_MS, new ApiError({ status: 500, reason: "InternalError", message: "away" })];
    api.fate = () => fates.shift() ?? ANSWER_MS;
    record("one", "again", "again");
    await clock.advance(1_000);
    expect(sent()).toEqual(["0 one: again", "10 one: 2", "510 one: 2"]);
  });

  describe("flush", () => {
    /** Resolves with the time at which the flush ended. */
    const flush = () => recorder.flush().then(() => clock.monotonic());

    test("waits for what was recorded, and more may be recorded afterwards", async () => {
      await recorder.flush();
      record("one", "first", "second");
      const end = flush();
      await clock.advance(5_000);
      expect(await end).toBe(20);
      expect(clock.pending).toEqual([]);
      record("one", "third");
      await clock.advance(100);
      expect(sent().at(-1)).toBe("5000 one: third");
      expect(messages()).toEqual([]);
    });

    test("drops after a second what is left, says so in one line, and sends nothing more", async () => {
      api.fate = (object) => (object.startsWith("stuck") ? "hangs" : ANSWER_MS);
      record("stuck1", "first", "second", "third");
      record("stuck2", "first");
      record("one", "first", "second");
      const end = flush();
      await clock.advance(1_000);
      expect(await end).toBe(1_000);
      await settle();
      expect(api.open).toBe(0);
      const before = sent();
      record("one", "too late");
      record("two", "too late");
      await recorder.flush();
      await clock.advance(60_000);
      await settle();
      expect(sent()).toEqual(before);
      expect(lines()).toMatchObject([
        { level: "warn", dropped: 4, msg: "Could not record all events within 1 s of the stop, dropped the rest" },
      ]);
    });

    test("drops what pauses before another try", async () => {
      api.fate = () => new Error("connection reset");
      record("one", "first");
      await clock.advance(490);
      const end = flush();
      await clock.advance(60_000);
      expect(await end).toBe(1_490);
      expect(sent()).toEqual(["0 one: first", "500 one: first"]);
      expect(lines()).toMatchObject([{ level: "warn", dropped: 1 }]);
    });
  });
});
