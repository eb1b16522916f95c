import type { KubernetesObject } from "@profile-platform/operator/kubernetes";
import { afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { DEMO } from "../../cluster/demo-platform.ts";
import { eventually, timed } from "../../support/eventually.ts";
import { Kubectl } from "../../support/kubectl.ts";
import { condition, getPlatform, ownedBy, waitReady } from "../../support/platform.ts";

const kubectl = new Kubectl(inject("kubeconfig"));
const WITHIN_SECONDS = 30;
const CLASS = "standard";

/** One way for a component to break: what is done, what status has to say of it, and how it is undone. */
interface Damage {
  readonly component: string;
  readonly cause: RegExp;
  make(): Promise<void>;
  undo(): Promise<void>;
}

beforeAll(async () => {
  await kubectl.apply(DEMO);
  await waitReady(kubectl, "demo");
});

/** What is to be undone, whatever becomes of the test. */
let undo: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const one of undo) await one();
  undo = [];
});

describe.each<[string, readonly Damage[]]>([
  [
    "an image that is not to be had, a readiness that fails, a process that hangs",
    [
      wrongImage("worker", "registry.invalid/nothing:1", /cannot get its image registry\.invalid\/nothing:1/),
      stoppedApplication(),
      busyRedis(),
    ],
  ],
  [
    "a program that cannot start, a database and a queue that hang, a pod for which there is no room",
    [
      wrongImage("worker", inject("images")["redis"] ?? "", /cannot start|keeps ending/),
      hungDatabase(),
      hungQueue(),
      noRoom(),
    ],
  ],
  ["a volume that is not to be had", [noVolume()]],
])("%s", (_names, damages) => {
  test("is in the status within 30 s with its cause, and out of it again when the cause is gone", async () => {
    const seconds = await Promise.all(
      damages.map(async (damage) => {
        undo.push(() => damage.undo());
        await damage.make();
        return (await timed(() => untilTold(damage))).seconds;
      }),
    );
    damages.forEach(({ component, cause }, index) => {
      console.log(`${component} (${String(cause)}): told after ${seconds[index]} s`);
    });
    expect(Math.max(...seconds)).toBeLessThanOrEqual(WITHIN_SECONDS);
    for (const one of undo) await one();
    undo = [];
    console.log(`Ready again ${await waitReady(kubectl, "demo")} s after the cause was gone`);
  });
});

/** The component says so in its own line, and the platform is not Ready because of one. */
async function untilTold({ component, cause }: Damage): Promise<void> {
  await eventually(
    async () => {
      const platform = await getPlatform(kubectl, "demo");
      const status = platform?.status?.components?.find(({ name }) => name === component);
      expect(status?.state).not.toBe("Ready");
      expect(status?.message).toMatch(cause);
      const ready = condition(platform, "Ready");
      expect(ready?.status).toBe("False");
      expect(ready?.message).toMatch(/postgresql|redis|rabbitmq|server|worker/);
      expect(condition(platform, "Healthy")?.status).toBe("False");
      return true;
    },
    { what: `status says of ${component}: ${String(cause)}`, timeoutMs: 60_000, everyMs: 250 },
  );
}

async function podOf(component: string): Promise<KubernetesObject> {
  const pods = await kubectl.list("pods", `${ownedBy("demo")},profileplatform.io/component=${component}`);
  const pod = pods.find(({ metadata }) => metadata.deletionTimestamp === undefined);
  if (pod === undefined) throw new Error(`there is no pod of ${component}`);
  return pod;
}

const at = ({ metadata: { name, namespace = "" } }: KubernetesObject) => [name, "-n", namespace];

async function inside(pod: string, script: string): Promise<void> {
  await kubectl.run(["exec", pod, "-n", "data-layer", "--", "sh", "-c", script]);
}

/** Pods can be given another image in place, and nobody puts it back. */
function wrongImage(component: string, image: string, cause: RegExp): Damage {
  let broken: KubernetesObject | undefined;
  return {
    component,
    cause,
    make: async () => {
      broken = await podOf(component);
      const patch = JSON.stringify([{ op: "replace", path: "/spec/containers/0/image", value: image }]);
      await kubectl.run(["patch", "pod", ...at(broken), "--type=json", "-p", patch]);
    },
    undo: async () => {
      if (broken !== undefined)
        await kubectl.run(["delete", "pod", ...at(broken), "--wait=false", "--ignore-not-found"]);
    },
  };
}

/** The machine of RabbitMQ runs on without RabbitMQ. */
function stoppedApplication(): Damage {
  return {
    component: "rabbitmq",
    cause: /rabbitmq-0 runs and is not ready/,
    make: () => inside("rabbitmq-0", "rabbitmqctl stop_app"),
    undo: () => inside("rabbitmq-0", "rabbitmqctl start_app"),
  };
}

/** A script that never ends: every other command is refused. */
function busyRedis(): Damage {
  return {
    component: "redis",
    cause: /redis-0 runs and is not ready/,
    make: () => inside("redis-0", "redis-cli eval 'while true do end' 0 < /dev/null > /dev/null 2>&1 &"),
    undo: () => inside("redis-0", "redis-cli script kill"),
  };
}

/** The machine of RabbitMQ is stopped: the kernel goes on taking connections for it. */
function hungQueue(): Damage {
  const signal = (name: string) =>
    inside(
      "rabbitmq-0",
      `for p in /proc/[0-9]*; do read -r c < $p/comm; [ "$c" = beam.smp ] && kill -${name} "\${p#/proc/}"; done; true`,
    );
  return {
    component: "rabbitmq",
    cause: /rabbitmq-0 runs and is not ready/,
    make: () => signal("STOP"),
    undo: () => signal("CONT"),
  };
}

/** Every process of PostgreSQL is stopped; Patroni beside it is not. */
function hungDatabase(): Damage {
  const signal = (name: string) =>
    inside(
      "postgresql-0",
      `for p in /proc/[0-9]*; do read -r c < $p/comm; [ "$c" = postgres ] && kill -${name} "\${p#/proc/}"; done; true`,
    );
  return {
    component: "postgresql",
    cause: /postgresql-0 runs and is not ready/,
    make: () => signal("STOP"),
    undo: () => signal("CONT"),
  };
}

function noRoom(): Damage {
  const nodes = async (verb: string) => {
    const names = (await kubectl.run(["get", "nodes", "-o", "name"])).trim().split("\n");
    for (const name of names) await kubectl.run([verb, name]);
  };
  return {
    component: "server",
    cause: /no node takes pod server-/,
    make: async () => {
      await nodes("cordon");
      await kubectl.run(["delete", "pod", ...at(await podOf("server")), "--wait=false"]);
    },
    undo: () => nodes("uncordon"),
  };
}

function noVolume(): Damage {
  let storageClass: KubernetesObject | undefined;
  return {
    component: "redis",
    cause: /no node takes pod redis-0: .*[vV]olume/,
    make: async () => {
      storageClass = await kubectl.get("storageclass", CLASS);
      await kubectl.run(["delete", "storageclass", CLASS]);
      await kubectl.run(["delete", "pvc", "data-redis-0", "-n", "data-layer", "--wait=false"]);
      await kubectl.killPods("redis-0", "-n", "data-layer");
    },
    undo: async () => {
      const { uid: _uid, resourceVersion: _version, ...metadata } = storageClass?.metadata ?? { name: CLASS };
      await kubectl.apply({ ...storageClass, metadata });
    },
  };
}
