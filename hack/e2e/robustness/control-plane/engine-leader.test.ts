import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ApiClient } from "@profile-platform/operator/engine/client/api-client";
import { loadKubeConfig } from "@profile-platform/operator/engine/client/kube-config";
import { LeaderElector, type LeaderElectorOptions } from "@profile-platform/operator/engine/leadership/leader-elector";
import type { Lease } from "@profile-platform/operator/engine/leadership/lease";
import { HttpTransport } from "@profile-platform/operator/engine/transport/http-transport";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { endsWithParent } from "../../../cluster/embedded/parent-death.ts";
import { type EngineServer, silent, startEngineServer } from "../../control-plane/support/engine.ts";
import { eventually } from "../../support/eventually.ts";

const OPERATOR = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2000 };
/** Times that tests need not wait long for. */
const SHORT = { leaseDurationMs: 6000, renewDeadlineMs: 4000, retryPeriodMs: 500 };
const EVENTUALLY_FAILED = { what: "renewals failed for longer than the deadline", timeoutMs: 20_000 };
const PROGRAM = fileURLToPath(new URL("../../control-plane/support/leader-process.ts", import.meta.url));

let server: EngineServer;
let namespace: string;
let stops: AbortController[];
let children: ChildProcess[];
/** Requests that were refused for a missing right. */
let forbidden: number;

beforeAll(async () => {
  server = await startEngineServer();
});

afterAll(() => server?.stop());

beforeEach(async () => {
  namespace = await server.makeNamespace();
  stops = [];
  children = [];
  forbidden = 0;
});

afterEach(() => {
  for (const stop of stops) {
    stop.abort();
  }
  for (const child of children) {
    child.kill("SIGKILL");
  }
});

function contend(identity: string, options: Partial<LeaderElectorOptions> = {}) {
  const stop = new AbortController();
  stops.push(stop);
  const started = Promise.withResolvers<void>();
  const elector = new LeaderElector({
    client: server.client,
    namespace,
    name: "lock",
    identity,
    log: silent,
    ...SHORT,
    onStarted: (signal) => {
      started.resolve();
      return new Promise((resolve) => {
        signal.addEventListener("abort", () => resolve());
      });
    },
    ...options,
  });
  return { elector, stop, started: started.promise, ended: elector.run(stop.signal) };
}

/** A client of a service account with these rights on Leases of the namespace. */
async function clientThatMay(verbs: readonly string[]): Promise<ApiClient> {
  const { client, kubeconfigPath } = server;
  const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const metadata = { name: "leases" };
  const rules = [{ apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs }];
  const subjects = [{ kind: "ServiceAccount", name: "contender", namespace }];
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "leases" };
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  const make = <T>(path: string, body: unknown) => client.request<T>({ method: "POST", path, body });
  await make(accounts, { metadata: { name: "contender" } });
  await make(`${rbac}/roles`, { metadata, rules });
  await make(`${rbac}/rolebindings`, { metadata, subjects, roleRef });
  const { status } = await make<{ status: { token: string } }>(`${accounts}/contender/token`, { spec: {} });
  const config = loadKubeConfig({ kubeconfigPath });
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error("the kubeconfig has no cluster");
  config.loadFromClusterAndUser(cluster, { name: "contender", token: status.token });
  const onRequest = (code: string): void => {
    forbidden += code === "403" ? 1 : 0;
  };
  return new ApiClient(new HttpTransport(config), { userAgent: "contender", onRequest });
}

function leaseObject(): Lease {
  return { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { namespace, name: "lock" } };
}

async function lease(): Promise<Lease | undefined> {
  return server.read(leaseObject());
}

function startProgram(identity: string, times: Partial<LeaderElectorOptions> = SHORT) {
  const args = [PROGRAM, server.kubeconfigPath, namespace, identity, JSON.stringify(times)];
  const command = endsWithParent({ program: process.execPath, args });
  const child = spawn(command.program, command.args, { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const says = (word: string) =>
    eventually(async () => output.includes(word) || undefined, { what: `${identity} says ${word}`, timeoutMs: 40_000 });
  return { child, says };
}

/** Waits until somebody who waits for the lease is told of its changes. */
async function untilWatched(count: number): Promise<void> {
  await eventually(async () => ((await leaseWatches()) >= count ? true : undefined), {
    what: `${count} watches of leases are open`,
    timeoutMs: 20_000,
    everyMs: 50,
  });
}

async function leaseWatches(): Promise<number> {
  const text = await server.client.request<string>({ method: "GET", path: "/metrics" });
  const figures = text
    .split("\n")
    .filter((line) => /^apiserver_longrunning_requests{.*resource="leases",scope="resource"/.test(line));
  return figures.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

async function writer(): Promise<{ writer: string; count: string } | undefined> {
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "writer", namespace } };
  return (await server.read(object))?.["data"] as { writer: string; count: string } | undefined;
}

describe("LeaderElector", () => {
  test("takes a lease that nobody holds and renews it", async () => {
    const a = contend("a");
    await a.started;
    const first = await lease();
    expect(first?.spec).toMatchObject({ holderIdentity: "a", leaseDurationSeconds: 6, leaseTransitions: 0 });
    const renewed = await eventually(
      async () => {
        const now = await lease();
        return now?.spec?.renewTime === first?.spec?.renewTime ? undefined : now;
      },
      { what: "the lease is renewed", timeoutMs: 20_000 },
    );
    expect(renewed.spec?.acquireTime).toBe(first?.spec?.acquireTime);
    expect(a.elector.isLeader).toBe(true);
  });

  test("releases on a clean stop, only when the work has ended, and the next one need not wait", async () => {
    const gate = Promise.withResolvers<void>();
    const a = contend("a", { onStarted: () => gate.promise });
    await eventually(async () => a.elector.isLeader || undefined, { what: "a leads", timeoutMs: 20_000 });
    const b = contend("b");
    await untilWatched(1);
    a.stop.abort();
    const before = (await lease())?.spec?.renewTime;
    await eventually(async () => (await lease())?.spec?.renewTime !== before || undefined, {
      what: "a renews while its work ends",
      timeoutMs: 20_000,
    });
    expect((await lease())?.spec?.holderIdentity).toBe("a");
    gate.resolve();
    expect(await a.ended).toBe("released");
    const released = performance.now();
    await b.started;
    expect(performance.now() - released).toBeLessThan(500);
    expect((await lease())?.spec).toMatchObject({ holderIdentity: "b", leaseTransitions: 1 });
    expect(a.elector.isLeader).toBe(false);
  });

  test("does not take a lease that is held, but one that its holder let run out", async () => {
    const a = startProgram("a");
    await a.says("leading");
    const b = contend("b");
    const renewals = new Set<string | undefined>();
    await eventually(async () => renewals.add((await lease())?.spec?.renewTime).size > 3 || undefined, {
      what: "a renewed the lease three times",
      timeoutMs: 20_000,
    });
    expect(b.elector.isLeader).toBe(false);
    a.child.kill("SIGKILL");
    await b.started;
    expect((await lease())?.spec).toMatchObject({ holderIdentity: "b", leaseTransitions: 1 });
  });

  test("releases the lease and says so when the work fails", async () => {
    const a = contend("a", { onStarted: () => Promise.reject(new Error("broken")) });
    await expect(a.ended).rejects.toMatchObject({
      message: "while doing the leader's work",
      cause: { message: "broken" },
    });
    expect((await lease())?.spec?.holderIdentity).toBe("");
  });

  test("stops leading when another took the lease", async () => {
    const a = contend("a");
    await a.started;
    await server.edit(leaseObject(), { spec: { holderIdentity: "thief" } });
    expect(await a.ended).toBe("lost");
    expect(a.elector.isLeader).toBe(false);
    expect((await lease())?.spec?.holderIdentity).toBe("thief");
  });

  test("makes the lease again when somebody deleted it", async () => {
    const a = contend("a");
    await a.started;
    await server.remove(leaseObject());
    await eventually(async () => (await lease())?.spec?.holderIdentity === "a" || undefined, {
      what: "a holds a new lease",
      timeoutMs: 20_000,
    });
    expect(a.elector.isLeader).toBe(true);
  });

  test("renews again at once when a renewal fails, so that faults in step with renewals do not end its leadership", async () => {
    let [failed, tried] = [0, 0];
    const client = server.client.fenced({
      assertMayWrite() {
        const pauseMs = performance.now() - tried;
        tried = performance.now();
        if (failed === 0 || pauseMs < 400) return;
        failed += 1;
        throw new Error("the connection was lost");
      },
    });
    const a = contend("a", { client });
    await a.started;
    failed = 1;
    await Promise.race([eventually(async () => failed > 12 || undefined, EVENTUALLY_FAILED), a.ended]);
    expect(a.elector.isLeader).toBe(true);
  });

  test("lets only one of many lead", async () => {
    const leading: string[] = [];
    for (const identity of ["a", "b", "c", "d", "e"]) {
      contend(identity, {
        onStarted: (signal) => {
          leading.push(identity);
          return new Promise((resolve) => {
            signal.addEventListener("abort", () => resolve());
          });
        },
      });
    }
    await eventually(async () => leading.length > 0 || undefined, { what: "one leads", timeoutMs: 20_000 });
    const first = (await lease())?.spec?.renewTime;
    await eventually(async () => (await lease())?.spec?.renewTime !== first || undefined, {
      what: "it renewed",
      timeoutMs: 20_000,
    });
    expect(leading).toHaveLength(1);
  });

  test("asks from time to time where it may not watch", async () => {
    const a = contend("a");
    await a.started;
    const b = contend("b", { client: await clientThatMay(["get", "create", "update"]) });
    await eventually(async () => (forbidden > 0 ? true : undefined), {
      what: "the watch is refused",
      timeoutMs: 20_000,
    });
    a.stop.abort();
    await b.started;
    expect((await lease())?.spec).toMatchObject({ holderIdentity: "b", leaseTransitions: 1 });
  });

  test("a leader that was frozen past its lease writes nothing when it wakes up", async () => {
    const frozen = startProgram("frozen");
    await eventually(async () => (await writer())?.writer === "frozen" || undefined, {
      what: "the leader writes",
      timeoutMs: 40_000,
    });
    frozen.child.kill("SIGSTOP");
    const next = startProgram("next");
    await eventually(async () => (await writer())?.writer === "next" || undefined, {
      what: "the next leader writes",
      timeoutMs: 40_000,
    });
    next.child.kill("SIGTERM");
    await next.says("released");
    const last = await writer();
    frozen.child.kill("SIGCONT");
    await frozen.says("refused");
    await frozen.says("lost");
    expect(await writer()).toEqual(last);
  });
});

describe("with the times that the operator runs with, the next leader takes over", () => {
  const seconds = (since: number): number => Math.round((performance.now() - since) / 10) / 100;

  test("within 2 s of a clean stop", async () => {
    const a = startProgram("a", {});
    await a.says("leading");
    const b = contend("b", OPERATOR);
    await untilWatched(1);
    const asked = performance.now();
    a.child.kill("SIGTERM");
    await b.started;
    const took = seconds(asked);
    process.stdout.write(`take-over after a clean stop: ${took} s\n`);
    expect(took).toBeLessThanOrEqual(2);
  });

  test("within 17 s of a crash, not before the lease has run out", async () => {
    const a = startProgram("a", {});
    await a.says("leading");
    const b = contend("b", OPERATOR);
    await untilWatched(1);
    const renewed = (await lease())?.spec?.renewTime;
    // Right after a renewal: the longest that it can take.
    await eventually(async () => ((await lease())?.spec?.renewTime === renewed ? undefined : true), {
      what: "a renews",
      timeoutMs: 20_000,
      everyMs: 10,
    });
    const killed = performance.now();
    a.child.kill("SIGKILL");
    await b.started;
    const took = seconds(killed);
    process.stdout.write(`take-over after a crash: ${took} s\n`);
    expect(took).toBeGreaterThan(14);
    expect(took).toBeLessThanOrEqual(17);
  });
});
