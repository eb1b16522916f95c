import { beforeAll, describe, expect, inject, test } from "vitest";
import { DEMO } from "../../cluster/demo-platform.ts";
import { eventually, timed } from "../../support/eventually.ts";
import { Kubectl } from "../../support/kubectl.ts";
import { condition, getPlatform, ownedBy, waitReady } from "../../support/platform.ts";
import { ProfileApi } from "../../support/profile-api.ts";

const kubectl = new Kubectl(inject("kubeconfig"));

describe("what is lost", () => {
  let api: ProfileApi;
  /** Made before anything is lost. */
  let id: string;

  beforeAll(async () => {
    await kubectl.apply(DEMO);
    await waitReady(kubectl, "demo");
    api = await ProfileApi.throughNodePort(kubectl);
    const created = await api.create({ name: "Rosalind Franklin", email: `rosalind-${Date.now()}@example.com` });
    expect(created.status).toBe(201);
    id = created.body.profile.id;
  });

  test("all pods at once: everything comes back with its data", async () => {
    const killed = await uidsOfPods();
    await kubectl.killPods("--all-namespaces", "-l", ownedBy("demo"));
    const { seconds } = await timed(() => untilReadyWithout(killed));
    console.log(`all ${killed.size} pods lost: Ready after ${seconds} s`);
    expect((await readAgain(id)).name).toBe("Rosalind Franklin");
  });

  test("the volumes of Redis and RabbitMQ: both start with empty ones, and nothing is lost to users", async () => {
    const task = await api.call<{ task: { id: string } }>("POST", "/api/v1/tasks/delayed", {
      type: "echo",
      delaySeconds: 20,
      payload: { survives: "everything" },
    });
    expect(task.status).toBe(202);
    const { seconds } = await timed(async () => {
      await Promise.all(["redis", "rabbitmq"].map(loseVolume));
      await waitReady(kubectl, "demo");
    });
    console.log(`volumes of Redis and RabbitMQ lost: Ready after ${seconds} s`);
    expect((await readAgain(id)).name).toBe("Rosalind Franklin");
    await eventually(
      async () => {
        const answer = await api.call<{ task: { status: string } }>("GET", `/api/v1/tasks/${task.body.task.id}`);
        if (answer.body.task.status === "succeeded") return true;
        throw new Error(`the task is ${answer.body.task.status}`);
      },
      { what: "the task that was accepted before has succeeded", timeoutMs: 90_000 },
    );
  });

  test("the volume of the only PostgreSQL instance: status says so, and an empty database can be begun", async () => {
    await loseVolume("postgresql");
    const lost = await eventually(
      async () => {
        const ready = condition(await getPlatform(kubectl, "demo"), "Ready");
        return ready?.status === "False" && ready.message.includes("no instance has any data") ? ready : undefined;
      },
      { what: "status says that the data is lost", timeoutMs: 30_000 },
    );
    expect(lost.message).toContain("postgresql");
    const platform = await getPlatform(kubectl, "demo");
    const told = platform?.status?.components?.find(({ name }) => name === "postgresql")?.message ?? "";
    const [, command = ""] = /with: kubectl (.+)$/.exec(told) ?? [];
    expect(command).toBe("delete endpoints postgresql-config -n data-layer");
    await kubectl.run([...command.split(" "), "--wait=false"]);
    const { seconds } = await timed(() => waitReady(kubectl, "demo"));
    console.log(`an empty database begun: Ready after ${seconds} s`);
    // Ready means that it serves: the new database has its schema.
    const created = await api.create({ name: "Dorothy Hodgkin", email: `dorothy-${Date.now()}@example.com` });
    expect(created.status).toBe(201);
    expect((await api.read(id)).status).toBe(404);
  });

  async function readAgain(profile: string): Promise<{ readonly name: string }> {
    return eventually(
      async () => {
        const answer = await api.read(profile);
        return answer.status === 200 ? answer.body.profile : undefined;
      },
      { what: "the profile is read again", timeoutMs: 30_000 },
    );
  }
});

async function uidsOfPods(): Promise<ReadonlySet<string>> {
  const pods = await kubectl.list("pods", ownedBy("demo"));
  const running = pods.filter(({ metadata }) => !(metadata.ownerReferences ?? []).some(({ kind }) => kind === "Job"));
  return new Set(running.map(({ metadata }) => metadata.uid ?? ""));
}

/** None of these pods is there, and the platform is Ready all the same. */
async function untilReadyWithout(uids: ReadonlySet<string>): Promise<void> {
  await eventually(async () => ([...(await uidsOfPods())].some((uid) => uids.has(uid)) ? undefined : true), {
    what: "the pods of before are gone",
    timeoutMs: 60_000,
  });
  await waitReady(kubectl, "demo");
  expect((await getPlatform(kubectl, "demo"))?.status?.componentsReady).toBe("6/6");
}

/** Deletes a data service's pod with its volume, and waits until there is another one. */
async function loseVolume(component: string): Promise<void> {
  const at = ["-n", "data-layer"];
  const claim = `data-${component}-0`;
  const before = await kubectl.get("pvc", claim, "data-layer");
  await kubectl.run(["delete", "pvc", claim, ...at, "--wait=false"]);
  await kubectl.killPods(`${component}-0`, ...at);
  await eventually(
    async () => {
      const now = await kubectl.get("pvc", claim, "data-layer");
      return now !== undefined && now.metadata.uid !== before?.metadata.uid ? true : undefined;
    },
    { what: `${component} has another volume`, timeoutMs: 60_000 },
  );
}
