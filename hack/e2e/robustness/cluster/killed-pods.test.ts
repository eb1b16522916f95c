import { beforeAll, describe, expect, inject, test } from "vitest";
import { DEMO, holdDemo } from "../../cluster/demo-platform.ts";
import { eventually } from "../../support/eventually.ts";
import { Kubectl } from "../../support/kubectl.ts";
import { ownedBy, waitReady } from "../../support/platform.ts";
import { ProfileApi } from "../../support/profile-api.ts";

const kubectl = new Kubectl(inject("kubeconfig"));

holdDemo();

describe("any pod may be killed, and no data is lost", () => {
  let api: ProfileApi;

  beforeAll(async () => {
    await kubectl.apply(DEMO);
    await waitReady(kubectl, "demo");
    api = await ProfileApi.throughNodePort(kubectl);
  });

  const writeOnce = (name: string) => api.create({ name, email: `${name}-${Date.now()}@example.com` });

  test.each(["postgresql", "redis", "rabbitmq", "server", "worker"])("%s", async (component) => {
    const profile = await api.create({ name: `before ${component}`, email: `${component}-${Date.now()}@example.com` });
    const task = await api.call<{ task: { id: string } }>("POST", "/api/v1/tasks/delayed", {
      type: "echo",
      delaySeconds: 2,
      payload: { survives: component },
    });
    expect([profile.status, task.status]).toEqual([201, 202]);

    const selector = `${ownedBy("demo")},profileplatform.io/component=${component}`;
    const killed = (await kubectl.list("pods", selector))[0];
    if (killed === undefined) throw new Error(`there is no pod of ${component} to kill`);
    const { name, namespace, uid } = killed.metadata;
    await kubectl.killPods(name, "-n", String(namespace));
    await eventually(
      async () => ((await kubectl.list("pods", selector)).every((pod) => pod.metadata.uid !== uid) ? true : undefined),
      { what: `pod ${name} is gone`, timeoutMs: 60_000 },
    );
    const seconds = await waitReady(kubectl, "demo");
    // A server looks for PostgreSQL on its own, twice a second.
    await eventually(
      async () => {
        const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => writeOnce(`${component}-${index}`)));
        if (answers.every(({ status }) => status === 201)) return true;
        throw new Error(`profiles are answered with ${answers.map(({ status }) => status).join(", ")}`);
      },
      { what: "every server takes writes again", timeoutMs: 5_000 },
    );
    console.log(`${component}: Ready ${seconds} s after its pod ${name} was gone`);

    const found = await eventually(
      async () => {
        const answer = await api.read(profile.body.profile.id);
        return answer.status === 200 ? answer : undefined;
      },
      { what: "the profile from before is read again", timeoutMs: 30_000 },
    );
    expect(found.body.profile.name).toBe(`before ${component}`);
    await eventually(
      async () => {
        const answer = await api.call<{ task: { status: string } }>("GET", `/api/v1/tasks/${task.body.task.id}`);
        if (answer.body.task.status === "succeeded") return true;
        throw new Error(`the task is ${answer.body.task.status}`);
      },
      { what: "the task from before has succeeded", timeoutMs: 60_000 },
    );
  });
});
