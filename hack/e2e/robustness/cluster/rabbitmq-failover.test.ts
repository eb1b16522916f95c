import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { eventually, timed } from "../../support/eventually.ts";
import { Kubectl } from "../../support/kubectl.ts";
import { getPlatform, platformManifest, waitReady } from "../../support/platform.ts";
import { ProfileApi } from "../../support/profile-api.ts";
import { RabbitmqNodes } from "../../support/rabbitmq-nodes.ts";
import { startTasks, type TaskTrafficResult } from "../../support/task-traffic.ts";

const kubectl = new Kubectl(inject("kubeconfig"));
const NAME = "queues";
const NAMESPACE = "queues-data-layer";
const rabbitmq = new RabbitmqNodes(kubectl, NAME, NAMESPACE);
const { pods } = rabbitmq;
/** Nodes start one after the other, and a busy machine takes longer for everything. */
const READY_MS = 300_000;
/** For tasks to end once RabbitMQ is whole: what was on its way to a worker comes again, with pauses. */
const PATIENCE_MS = 60_000;

const small = (cpu: string) => ({ requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu, memory: "512Mi" } });

function manifest(settings: Readonly<Record<string, unknown>>): unknown {
  return platformManifest(NAME, {
    namespacePrefix: "queues-",
    deletionPolicy: "Delete",
    server: { replicas: 2, exposure: { type: "NodePort" }, resources: small("1") },
    worker: { resources: small("500m") },
    postgresql: { resources: small("1") },
    redis: { resources: small("500m") },
    rabbitmq: { resources: small("1"), ...settings },
  });
}

const EACH_CARRIED_OUT = { wrong: [], unfinished: [] };

/** Schedules tasks all the while. Each that was acknowledged has to be carried out, and none may be refused. */
async function whileTasksAreScheduled(
  what: string,
  action: () => Promise<unknown>,
): Promise<Pick<TaskTrafficResult, "wrong" | "unfinished">> {
  const traffic = await startTasks(await ProfileApi.throughNodePort(kubectl, "queues-server-layer"));
  const { seconds } = await timed(action);
  const { scheduled, wrong, unfinished, repeated } = await traffic.stop(PATIENCE_MS);
  console.log(`${what}: Ready after ${seconds} s, ${scheduled} tasks, ${repeated} attempts more than one each`);
  if (scheduled < 100) throw new Error(`only ${scheduled} tasks were scheduled`);
  return { wrong, unfinished };
}

beforeAll(async () => {
  await kubectl.apply(manifest({ replicas: 1 }));
  await waitReady(kubectl, NAME, READY_MS);
}, READY_MS);

afterAll(async () => {
  await kubectl.run(["delete", "profileplatform", NAME, "--wait=false"]);
});

describe("RabbitMQ with three replicas", () => {
  test("grows out of one while tasks are scheduled, and gives each queue a copy on every node", async () => {
    const tasks = await whileTasksAreScheduled("one to three", async () => {
      await kubectl.apply(manifest({ replicas: 3 }));
      await waitReady(kubectl, NAME, READY_MS);
    });
    expect(tasks).toEqual(EACH_CARRIED_OUT);
    const three = await pods.list();
    expect(three).toHaveLength(3);
    expect(new Set(three.map(({ spec }) => (spec as { nodeName?: string }).nodeName)).size).toBeGreaterThan(1);
    await rabbitmq.untilCopied();
  });

  test("loses the node that leads the tasks' queue while tasks are scheduled: each of them is carried out", async () => {
    const leader = await rabbitmq.untilCopied();
    const tasks = await whileTasksAreScheduled(`${leader} killed`, async () => {
      await pods.kill(await pods.named(leader));
      await waitReady(kubectl, NAME, READY_MS);
    });
    expect(tasks).toEqual(EACH_CARRIED_OUT);
  });

  test("is changed a node at a time, and each task is carried out meanwhile", async () => {
    const before = new Set((await pods.list()).map(({ metadata }) => metadata.uid));
    const tasks = await whileTasksAreScheduled("changed", async () => {
      await kubectl.apply(manifest({ replicas: 3, resources: small("1100m") }));
      await waitReady(kubectl, NAME, READY_MS);
    });
    expect(tasks).toEqual(EACH_CARRIED_OUT);
    expect((await pods.list()).filter(({ metadata }) => before.has(metadata.uid))).toEqual([]);
  });

  test("loses all pods at once, and each task is carried out when they are back", async () => {
    const tasks = await whileTasksAreScheduled("all killed", async () => {
      await pods.kill(...(await pods.list()));
      await waitReady(kubectl, NAME, READY_MS);
    });
    expect(tasks).toEqual(EACH_CARRIED_OUT);
  });

  test("loses a node with its volume: when the others forget it, it gets in again, and gets its copies", async () => {
    await rabbitmq.untilCopied();
    const forget = `rabbitmqctl forget_cluster_node rabbit@rabbitmq-1.rabbitmq-members.${NAMESPACE}.svc.cluster.local`;
    const tasks = await whileTasksAreScheduled("rabbitmq-1 lost with its volume", async () => {
      await kubectl.run(["delete", "pvc", "data-rabbitmq-1", "-n", NAMESPACE, "--wait=false"]);
      await pods.kill(await pods.named("rabbitmq-1"));
      const command = ["exec", "-n", NAMESPACE, "rabbitmq-0", "-c", "rabbitmq", "--", ...forget.split(" ")];
      // It is refused for as long as the others have not noticed that the node is down.
      await eventually(async () => (await kubectl.try(command)).code === 0 || undefined, {
        what: "the others forget rabbitmq-1",
        timeoutMs: 60_000,
      });
      await waitReady(kubectl, NAME, READY_MS);
    });
    expect(tasks).toEqual(EACH_CARRIED_OUT);
    await rabbitmq.untilCopied();
  });

  test("status counts its nodes", async () => {
    const status = (await getPlatform(kubectl, NAME))?.status?.components?.find(({ name }) => name === "rabbitmq");
    expect(status).toEqual({ name: "rabbitmq", layer: "data-layer", state: "Ready", ready: "3/3", message: "" });
  });
});
