import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";
import { ApiClient } from "@profile-platform/operator/engine/client/api-client";
import { watchEvents } from "@profile-platform/operator/engine/watch/watch-events";
import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  answer,
  changeEvents,
  delayEvents,
  dropEvents,
  type FaultProxy,
  loseAnswer,
  mergeEvents,
  READS,
  serveRecorded,
  slow,
  WATCHES,
  type WatchEvent,
  WRITES,
} from "../../../faults/index.ts";
import { startBenchProxy } from "../../control-plane/support/fault-proxy.ts";
import { type OperatorBench, startOperatorBench } from "../../control-plane/support/operator-bench.ts";
import { eventually, timed } from "../../support/eventually.ts";
import { Kubectl } from "../../support/kubectl.ts";

let bench: OperatorBench;
let proxy: FaultProxy;
let through: Kubectl;
let client: ApiClient;

const MAPS = "/api/v1/namespaces/default/configmaps";

beforeAll(async () => {
  bench = await startOperatorBench();
  proxy = await startBenchProxy(bench);
  through = new Kubectl(proxy.kubeconfigPath);
  // The chart's account has rights where platforms are; the proxy is to be tried on anything.
  await bench.kubectl.run([
    "create",
    "clusterrolebinding",
    "everything",
    "--clusterrole=cluster-admin",
    "--serviceaccount=platform-system:profile-platform-operator",
  ]);
  await eventually(async () => (await through.try(["get", "secrets", "-A"])).code === 0 || undefined, {
    what: "the account may do anything",
    timeoutMs: 10_000,
  });
});

afterAll(async () => {
  await proxy?.stop();
  await bench?.stop();
});

beforeEach(() => {
  client = ApiClient.fromKubeConfig({ kubeconfigPath: proxy.kubeconfigPath, userAgent: "faults-test" });
});

afterEach(async () => {
  client.close();
  await proxy.restore();
  await bench.kubectl.run(["delete", "configmaps", "-n", "default", "-l", "faults=yes", "--wait=false"]);
});

function configMap(name: string, data = "a"): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "default", labels: { faults: "yes" } },
    data: { data },
  };
}

function create(name: string, data?: string): Promise<KubernetesObject> {
  return client.request({ method: "POST", path: MAPS, body: configMap(name, data), timeoutMs: 5_000 });
}

/** Changes one straight at the API server, by nobody's proxy. */
async function edit(name: string, data: string): Promise<void> {
  await bench.kubectl.apply(configMap(name, data));
}

/** What the proxy agrees to. */
function protocolOf(offered: string[]): Promise<string | false | null> {
  const { promise, resolve, reject } = Promise.withResolvers<string | false | null>();
  const { port, hostname: host } = new URL(proxy.server);
  const ca = readFileSync(proxy.authorityFile);
  const socket = connect({ host, port: Number(port), ca, ALPNProtocols: offered }, () => {
    resolve(socket.alpnProtocol);
    socket.destroy();
  });
  socket.on("error", reject);
  return promise;
}

/** A watch of the ConfigMaps: what came so far, and how it ended. */
async function watch(): Promise<{ readonly seen: string[]; readonly end: Promise<unknown> }> {
  const seen: string[] = [];
  const list = await client.request<{ metadata: { resourceVersion: string } }>({ method: "GET", path: MAPS });
  const query = { watch: "true", resourceVersion: list.metadata.resourceVersion, labelSelector: "faults=yes" };
  const bytes = await client.stream({ method: "GET", path: MAPS, query });
  const follow = async (): Promise<unknown> => {
    try {
      for await (const { type, object } of watchEvents(bytes)) {
        seen.push(`${type} ${object.metadata.name} ${(object["data"] as { data: string }).data}`);
      }
      return "ended";
    } catch (error) {
      return error;
    }
  };
  return { seen, end: follow() };
}

function toSee(seen: readonly string[], ...expected: readonly string[]): Promise<true> {
  const look = async () => {
    expect(seen).toEqual(expected);
    return true as const;
  };
  return eventually(look, { what: `the watch tells of ${expected.join(", ")}`, timeoutMs: 5_000, everyMs: 10 });
}

describe("without a rule", () => {
  test.each(["h2", "http/1.1"])("clients may speak %s", async (protocol) => {
    expect(await protocolOf([protocol])).toBe(protocol);
  });

  test("a deletion keeps its conditions", async () => {
    await create("conditional");
    const remove = (uid: string) =>
      client.request({ method: "DELETE", path: `${MAPS}/conditional`, body: { preconditions: { uid } } });
    await expect(remove("another")).rejects.toMatchObject({ status: 409 });
    const { metadata } = await client.request({ method: "GET", path: `${MAPS}/conditional` });
    await remove(metadata.uid ?? "");
    await expect(client.request({ method: "GET", path: `${MAPS}/conditional` })).rejects.toMatchObject({ status: 404 });
  });

  test("kubectl works as it does without it, and nothing is lost of what it asks", async () => {
    const direct = await bench.kubectl.run(["get", "clusterroles", "-o", "name"]);
    expect(await through.run(["get", "clusterroles", "-o", "name"])).toBe(direct);
    await through.apply(configMap("by-kubectl"));
    expect(proxy.requests({ ...WRITES, path: /by-kubectl|configmaps$/ })).toMatchObject([{ status: 201, write: 1 }]);
    expect(proxy.writes()).toBe(1);
  });

  test("the account is the client's own: what it presents passes, and a wrong one is refused by the server", async () => {
    const stranger = ["--token", "nonsense"];
    expect((await through.try([...stranger, "get", "pods"])).stderr).toMatch(/Unauthorized|logged in/);
  });

  test("a watch tells of each event as it comes", async () => {
    const { seen } = await watch();
    for (const round of ["1", "2", "3"]) {
      const { seconds } = await timed(async () => {
        await create(`round-${round}`, round);
        await eventually(async () => seen.includes(`ADDED round-${round} ${round}`) || undefined, {
          what: "the event comes",
          timeoutMs: 5_000,
          everyMs: 1,
        });
      });
      expect(seconds).toBeLessThan(1);
    }
  });

  test("a hundred requests at once and a list of a megabyte pass in seconds", async () => {
    const { seconds } = await timed(async () => {
      await Promise.all(Array.from({ length: 100 }, (_, i) => create(`many-${i}`, "x".repeat(10_000))));
      const list = await client.request<{ items: unknown[] }>({ method: "GET", path: MAPS });
      expect(list.items.length).toBeGreaterThanOrEqual(100);
    });
    expect(seconds).toBeLessThan(10);
  });
});

describe("answers", () => {
  test("of its own come with status, reason and Retry-After, as often as they were ordered", async () => {
    const rule = proxy.rule({ match: READS, times: 1, fault: answer(503, { message: "on purpose" }) });
    await expect(client.request({ method: "GET", path: MAPS })).rejects.toMatchObject({
      status: 503,
      reason: "ServiceUnavailable",
    });
    await client.request({ method: "GET", path: MAPS });
    expect(rule.applied).toBe(1);
    proxy.rule({ match: READS, fault: answer(429, { retryAfterSeconds: 7 }) });
    const throttled = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`${proxy.server}${MAPS}`, { ca: readFileSync(proxy.authorityFile) }, resolve).on("error", reject);
    });
    expect([throttled.statusCode, throttled.headers["retry-after"]]).toEqual([429, "7"]);
    expect(JSON.parse(await text(throttled))).toMatchObject({ details: { retryAfterSeconds: 7 } });
  });

  test("that are slow come when they are due", async () => {
    proxy.rule({ match: WRITES, fault: slow({ requestMs: 200, answerMs: 200 }) });
    const { seconds } = await timed(() => create("slow"));
    expect(seconds).toBeGreaterThanOrEqual(0.4);
  });

  test.each(["reset", "hang"] as const)("that get lost (%s) leave the write done", async (how) => {
    proxy.rule({ match: WRITES, fault: loseAnswer(how) });
    const path = MAPS;
    const lost = client.request({ method: "POST", path, body: configMap(`lost-${how}`), timeoutMs: 1_000 });
    await expect(lost).rejects.toThrow(`while waiting for POST ${MAPS}`);
    expect(await bench.kubectl.get("configmap", `lost-${how}`, "default")).toBeDefined();
  });

  test("can be those of an earlier time", async () => {
    await create("old", "before");
    const read = () => client.request({ method: "GET", path: `${MAPS}/old` });
    const list = () => client.request<{ items: KubernetesObject[] }>({ method: "GET", path: MAPS });
    await read();
    const then = await list();
    const recording = await proxy.record();
    await edit("old", "after");
    await create("new");
    const rule = proxy.rule({ match: READS, fault: serveRecorded(recording) });
    expect((await read())["data"]).toEqual({ data: "before" });
    expect((await list()).items).toEqual(then.items);
    rule.remove();
    expect((await read())["data"]).toEqual({ data: "after" });
    expect((await list()).items.length).toBe(then.items.length + 1);
  });
});

describe("watches", () => {
  test("can be ended, expired and cut", async () => {
    const ended = await watch();
    expect(proxy.watches.end()).toBe(1);
    expect(await ended.end).toBe("ended");
    const expired = await watch();
    expect(proxy.watches.expire()).toBe(1);
    expect(await expired.end).toMatchObject({ status: 410, reason: "Expired" });
    const cut = await watch();
    expect(proxy.watches.cut(WATCHES)).toBe(1);
    expect(await cut.end).toBeInstanceOf(Error);
    await eventually(async () => proxy.watches.list().length === 0 || undefined, {
      what: "no watch is open",
      timeoutMs: 5_000,
    });
  });

  test("show merged or late events while a rule says so, open ones too", async () => {
    const { seen } = await watch();
    const arrived: string[] = [];
    const look = (event: WatchEvent): boolean => {
      arrived.push(event.type);
      return false;
    };
    proxy.rule({ fault: changeEvents(dropEvents(look)) });
    const merging = proxy.rule({ fault: changeEvents(mergeEvents(60_000)) });
    await create("merged", "1");
    await edit("merged", "2");
    await toSee(arrived, "ADDED", "MODIFIED");
    merging.remove();
    await toSee(seen, "ADDED merged 2");
    const late = proxy.rule({ fault: changeEvents(delayEvents(60_000)) });
    await edit("merged", "3");
    await edit("merged", "4");
    await toSee(arrived, "ADDED", "MODIFIED", "MODIFIED", "MODIFIED");
    expect(seen.length).toBe(1);
    late.remove();
    await toSee(seen, "ADDED merged 2", "MODIFIED merged 3", "MODIFIED merged 4");
    expect(merging.applied + late.applied).toBe(2);
  });
});

describe("connections", () => {
  test("that are reset break what was on them, and new ones work", async () => {
    const { end } = await watch();
    expect(proxy.tcp.reset()).toBeGreaterThan(0);
    expect(await end).toBeInstanceOf(Error);
    await eventually(() => create("after-reset"), { what: "a new connection works", timeoutMs: 5_000 });
  });

  test("in a black hole get no answer while new ones do, and get it all when it ends", async () => {
    const { seen } = await watch();
    proxy.tcp.blackhole();
    const second = ApiClient.fromKubeConfig({ kubeconfigPath: proxy.kubeconfigPath, userAgent: "second" });
    await second.request({ method: "POST", path: MAPS, body: configMap("hidden") });
    second.close();
    expect(proxy.tcp.connections().some(({ isBlackHole }) => isBlackHole)).toBe(true);
    expect(seen).toEqual([]);
    await proxy.tcp.pass();
    await toSee(seen, "ADDED hidden a");
  });

  test("that are new can be refused", async () => {
    proxy.tcp.refuse();
    proxy.tcp.reset();
    await expect(client.request({ method: "GET", path: MAPS, timeoutMs: 2_000 })).rejects.toThrow("while waiting for");
    await proxy.tcp.pass();
    await eventually(() => client.request({ method: "GET", path: MAPS }), { what: "it works again", timeoutMs: 5_000 });
  });

  test("can be far away", async () => {
    await client.request({ method: "GET", path: MAPS });
    proxy.tcp.latency(150);
    const { seconds } = await timed(() => client.request({ method: "GET", path: MAPS }));
    expect(seconds).toBeGreaterThanOrEqual(0.3);
  });
});

describe("a crash", () => {
  test("after the n-th write leaves n writes and a client that hears nothing more", async () => {
    const crashed = proxy.crash({ afterWrites: 2 });
    await create("first");
    const second = create("second").then(
      () => "answered",
      () => "no answer",
    );
    expect(await crashed).toMatchObject({ method: "POST", path: MAPS });
    const third = await create("third").then(
      () => "answered",
      () => "no answer",
    );
    expect([await second, third]).toEqual(["no answer", "no answer"]);
    const names = async () =>
      (await bench.kubectl.list("configmaps", "faults=yes")).map(({ metadata }) => metadata.name);
    expect(await names()).toEqual(["first", "second"]);
    await proxy.restore();
    const next = ApiClient.fromKubeConfig({ kubeconfigPath: proxy.kubeconfigPath, userAgent: "next" });
    await next.request({ method: "POST", path: MAPS, body: configMap("third") });
    next.close();
    expect(await names()).toEqual(["first", "second", "third"]);
  });
});
