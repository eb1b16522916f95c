import { beforeAll, describe, expect, inject, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { Kubectl } from "../support/kubectl.ts";
import { condition, getPlatform, waitReady } from "../support/platform.ts";
import { ProfileApi } from "../support/profile-api.ts";
import { DEMO, holdDemo } from "./demo-platform.ts";

const kubectl = new Kubectl(inject("kubeconfig"));

holdDemo();

describe("a manifest, applied, becomes a platform that serves", () => {
  let api: ProfileApi;

  beforeAll(async () => {
    await kubectl.apply(DEMO);
    const seconds = await waitReady(kubectl, "demo");
    console.log(`Ready ${seconds} s after apply`);
    api = await ProfileApi.throughNodePort(kubectl);
  });

  test("every condition and component says so", async () => {
    const platform = await getPlatform(kubectl, "demo");
    expect(
      platform?.status?.conditions?.map(({ type, status, observedGeneration }) => ({
        type,
        status,
        observedGeneration,
      })),
    ).toEqual(
      ["Ready", "Applied", "Healthy", "Reconciling", "Stalled", "DataLayerReady", "ServerLayerReady"].map((type) => ({
        type,
        status: type === "Reconciling" || type === "Stalled" ? "False" : "True",
        observedGeneration: platform?.metadata.generation,
      })),
    );
    expect(platform?.status?.components?.map(({ name, ready, state }) => `${name} ${ready} ${state}`)).toEqual([
      "postgresql 1/1 Ready",
      "redis 1/1 Ready",
      "rabbitmq 1/1 Ready",
      "migrations 1/1 Ready",
      "server 3/3 Ready",
      "worker 1/1 Ready",
    ]);
    expect(condition(platform, "Ready")?.message).not.toBe("");
  });

  test("kubectl get shows it in one line", async () => {
    const [header, line] = (await kubectl.run(["get", "profileplatforms"])).trim().split("\n");
    expect(header?.split(/\s{2,}/)).toEqual(["NAME", "READY", "STATE", "COMPONENTS", "PRIMARY", "AGE"]);
    expect(line).toMatch(/^demo\s+True\s+\S.*\s6\/6\s+postgresql-0\s+\S+$/);
  });

  test("a profile is created, read from the database, then from the cache, changed and deleted", async () => {
    const created = await api.create({ name: "Ada Lovelace", email: `ada-${Date.now()}@example.com` });
    expect(created.status).toBe(201);
    const { id } = created.body.profile;
    const path = `/api/v1/profiles/${id}`;

    // Whether a fresh profile is in the cache already is the cache's affair; that a second read is, is the promise.
    expect((await api.read(id)).status).toBe(200);
    const second = await api.read(id);
    expect(second.body).toMatchObject({ source: "cache", profile: { id, name: "Ada Lovelace" } });

    const updated = await api.call("PUT", path, { name: "Ada King", email: created.body.profile.email });
    expect(updated.status).toBe(200);
    expect((await api.read(id)).body.profile.name).toBe("Ada King");

    expect((await api.call("DELETE", path)).status).toBe(204);
    expect((await api.read(id)).status).toBe(404);
  });

  test("a delayed task runs to its end", async () => {
    const accepted = await api.call<{ task: { id: string } }>("POST", "/api/v1/tasks/delayed", {
      type: "echo",
      delaySeconds: 1,
      payload: { hello: "world" },
    });
    expect(accepted.status).toBe(202);
    const done = await eventually(
      async () => {
        const answer = await api.call<{ task: { status: string } }>("GET", `/api/v1/tasks/${accepted.body.task.id}`);
        if (answer.body.task.status === "succeeded") return answer.body.task;
        throw new Error(`the task is ${answer.body.task.status}`);
      },
      { what: "the task has succeeded", timeoutMs: 30_000 },
    );
    expect(done).toMatchObject({ type: "echo", result: { hello: "world" } });
  });
});
