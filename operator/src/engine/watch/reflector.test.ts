import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Change, Store } from "../cache/store.ts";
import type { Clock } from "../kit/clock.ts";
import { systemClock } from "../kit/clock.ts";
import { Metrics } from "../metrics/metrics.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { recordingLog } from "../testing/recording-log.ts";
import {
  type Answer,
  errorEvent,
  event,
  failure,
  list,
  type ScriptedApi,
  scriptedApi,
  watch,
} from "../testing/scripted-api.ts";
import { Reflector } from "./reflector.ts";

const PATH = "/api/v1/configmaps";

describe("Reflector", () => {
  let stop: AbortController;
  let api: ScriptedApi | undefined;

  beforeEach(() => {
    stop = new AbortController();
  });

  afterEach(async () => {
    stop.abort();
    await api?.[Symbol.asyncDispose]();
  });

  async function follow(answers: readonly Answer[], clock: Clock = systemClock) {
    api = await scriptedApi(answers);
    const { log, lines } = recordingLog();
    const metrics = new Metrics(clock);
    const changes: string[] = [];
    const store = new Store({}, () => undefined);
    const told = ({ type, object, initial }: Change): number =>
      changes.push(`${type} ${object.metadata.name}${initial ? " initially" : ""}`);
    store.subscribe(told);
    const reflector = new Reflector({
      client: api.client,
      path: PATH,
      query: { labelSelector: "a=b" },
      store,
      clock,
      random: () => 0.5,
      log,
      metrics: metrics.reflector("configmaps"),
    });
    const run = reflector.run(stop.signal);
    const requests = api.requests;
    return { store, reflector, changes, requests, metrics, lines, run };
  }

  /** The query of the n-th request that was a watch. */
  function watches(requests: readonly URL[]): readonly URLSearchParams[] {
    return requests.map(({ searchParams }) => searchParams).filter((query) => query.has("watch"));
  }

  it("lists in pages, then watches from the list's version", async () => {
    const { store, changes, requests } = await follow([
      list("7", ["a"], "next"),
      list("7", ["b"]),
      watch(event("ADDED", "c", "8"), "silence"),
    ]);
    await vi.waitFor(() => expect(changes).toEqual(["added a initially", "added b initially", "added c"]));
    expect(store.get("default", "a")).toEqual({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "a", namespace: "default", uid: "uid-a", resourceVersion: "7" },
    });
    expect(requests.map(({ searchParams }) => Object.fromEntries(searchParams))).toEqual([
      { labelSelector: "a=b", limit: "500" },
      { labelSelector: "a=b", limit: "500", continue: "next" },
      { labelSelector: "a=b", watch: "true", allowWatchBookmarks: "true", resourceVersion: "7", timeoutSeconds: "445" },
    ]);
  });

  it("lists again in one piece when the pages expire between two of them", async () => {
    const { changes, requests } = await follow([
      list("7", ["a"], "next"),
      failure(410, "Expired"),
      list("9", ["a", "b"]),
    ]);
    await vi.waitFor(() => expect(changes).toEqual(["added a initially", "added b initially"]));
    expect(requests[2]?.searchParams.has("limit")).toBe(false);
  });

  it("goes on from the last event after the server closes the watch", async () => {
    const { requests, changes } = await follow([
      list("7", []),
      watch(event("ADDED", "a", "8"), "end"),
      watch(event("MODIFIED", "a", "9"), "end"),
    ]);
    await vi.waitFor(() => expect(watches(requests)).toHaveLength(3));
    expect(watches(requests).map((query) => query.get("resourceVersion"))).toEqual(["7", "8", "9"]);
    expect(changes).toEqual(["added a", "updated a"]);
  });

  it("goes on from a bookmark", async () => {
    const { requests, changes } = await follow([list("7", []), watch(event("BOOKMARK", "", "20"), "end")]);
    await vi.waitFor(() => expect(watches(requests)).toHaveLength(2));
    expect(watches(requests)[1]?.get("resourceVersion")).toBe("20");
    expect(changes).toEqual([]);
  });

  it.each([
    ["as the answer", failure(410, "Expired")],
    ["as an event", watch(errorEvent(410, "Expired"), "silence")],
  ])("lists again when the version expired, told %s, and tells what was deleted unseen", async (_, expired) => {
    const { requests, changes } = await follow([list("7", ["a", "b"]), expired, list("30", ["b", "c"])]);
    await vi.waitFor(() => expect(watches(requests)).toHaveLength(2));
    expect(changes).toEqual(["added a initially", "added b initially", "deleted a", "updated b", "added c"]);
    expect(watches(requests)[1]?.get("resourceVersion")).toBe("30");
  });

  it("does not tell of what a new list shows unchanged", async () => {
    const { requests, changes } = await follow([list("7", ["a"]), failure(410, "Expired"), list("7", ["a"])]);
    await vi.waitFor(() => expect(watches(requests)).toHaveLength(2));
    expect(changes).toEqual(["added a initially"]);
  });

  it.each([
    ["a line that is no JSON", `{"type":"ADDED","object":{"secret\n`],
    ["an object without a version", `${JSON.stringify({ type: "ADDED", object: { metadata: { name: "a" } } })}\n`],
    ["an unknown type of event", event("RENAMED", "a", "9")],
  ])("counts %s and connects again from before it", async (_, line) => {
    const { requests, metrics, lines, changes } = await follow([
      list("7", []),
      watch(event("ADDED", "a", "8") + line + event("ADDED", "b", "10"), "silence"),
      watch(event("ADDED", "b", "10"), "silence"),
    ]);
    await vi.waitFor(() => expect(changes).toEqual(["added a", "added b"]));
    expect(watches(requests)[1]?.get("resourceVersion")).toBe("8");
    expect((await metrics.scrape()).text).toContain('reflector_malformed_events_total{resource="configmaps"} 1');
    expect(JSON.stringify(lines())).not.toContain("secret");
  });

  it("takes an event that was cut off anew", async () => {
    const { changes, requests } = await follow([
      list("7", []),
      watch(event("ADDED", "a", "8") + event("ADDED", "b", "9").slice(0, 40), "reset"),
      watch(event("ADDED", "b", "9"), "silence"),
    ]);
    await vi.waitFor(() => expect(changes).toEqual(["added a", "added b"]));
    expect(watches(requests)[1]?.get("resourceVersion")).toBe("8");
  });

  it("gives up a connection on which nothing comes, not even a bookmark", async () => {
    const clock = new FakeClock();
    const { requests, metrics } = await follow([list("7", []), watch("", "silence")], clock);
    await vi.waitFor(() => expect(clock.pending).toEqual([90_000]));
    await clock.advance(90_000);
    await vi.waitFor(() => expect(clock.pending).toHaveLength(1));
    await clock.advance(60_000);
    await vi.waitFor(() => expect(watches(requests)).toHaveLength(2));
    expect((await metrics.scrape()).text).toContain(
      'reflector_watches_ended_total{resource="configmaps",reason="idle"} 1',
    );
  });

  it("waits longer from failure to failure, and not less than the server asks", async () => {
    const clock = new FakeClock();
    const throttled = failure(429, "TooManyRequests", { "Retry-After": "7" });
    const { requests } = await follow([list("7", []), failure(500, ""), failure(500, ""), throttled], clock);
    for (const delay of [25, 43.75, 7150]) {
      await vi.waitFor(() => expect(clock.pending).toEqual([delay]));
      await clock.advance(delay);
    }
    await vi.waitFor(() => expect(watches(requests)).toHaveLength(4));
  });

  it("tells how long it has heard nothing, and that it lives while it asks in vain", async () => {
    const clock = new FakeClock();
    const silence = async () => /reflector_silent_seconds\{.*\} (\S+)/.exec((await metrics.scrape()).text)?.[1];
    const { changes, metrics, run } = await follow(
      [list("7", []), failure(500, ""), watch(event("ADDED", "a", "8"), "silence")],
      clock,
    );
    await vi.waitFor(() => expect(clock.pending).toHaveLength(1));
    await clock.advance(clock.pending[0] ?? 0);
    await vi.waitFor(() => expect(changes).toEqual(["added a"]));
    await clock.advance(60_000);
    expect(await silence()).toBe("60");
    expect(metrics.leastAliveReflector()).toEqual({ resource: "configmaps", seconds: 60 });
    stop.abort();
    await run;
    expect(await silence()).toBe("0");
  });

  it("keeps trying when even the first list fails", async () => {
    const { reflector, changes } = await follow([failure(403, "Forbidden"), failure(503, ""), list("7", ["a"])]);
    await reflector.synced;
    expect(changes).toEqual(["added a initially"]);
  });

  it("does not hammer a server that ends each watch at once", async () => {
    const clock = new FakeClock();
    await follow([list("7", []), watch("", "end"), watch("", "end")], clock);
    await vi.waitFor(() => expect(clock.pending).toEqual([25]));
    await clock.advance(25);
    await vi.waitFor(() => expect(clock.pending).toEqual([43.75]));
  });

  it("ends when it is told to, in the middle of a watch", async () => {
    const { run, requests } = await follow([list("7", []), watch("", "silence")]);
    await vi.waitFor(() => expect(watches(requests)).toHaveLength(1));
    stop.abort();
    await run;
  });
});
