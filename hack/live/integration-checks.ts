import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { eventually } from "../e2e/support/eventually.ts";
import { PROFILES } from "./api.ts";
import type { Check } from "./check.ts";
import type { LiveCluster } from "./cluster.ts";
import type { HttpClient } from "./http.ts";
import { namespaceOf, requirePlatform } from "./platform.ts";

const json = (status: number) => ({ status, type: "application/json" });
const RECOVERY_TIMEOUT_MS = 120_000;

interface Answer {
  readonly profile: { readonly id: string; readonly version: number };
}

interface TaskAnswer {
  readonly task: { readonly id: string; readonly status: string };
}

/** Flows that go through several components of the running platform at once. */
export function integrationChecks(cluster: LiveCluster, http: HttpClient): readonly Check[] {
  return [
    {
      name: "of 20 writers to one version of a profile, one wins",
      run: async () => {
        const { id } = await create(http);
        const body = (name: string) => ({ json: { name, email: `${id}@example.com` } });
        const answers = await Promise.allSettled(
          Array.from({ length: 20 }, (_, index) =>
            http.send("PUT", `${PROFILES}/${id}`, json(200), body(`Writer ${index}`), { "if-match": '"1"' }),
          ),
        );
        assert.equal(answers.filter(({ status }) => status === "fulfilled").length, 1);
        await http.send("DELETE", `${PROFILES}/${id}`, { status: 204 });
      },
    },
    {
      name: "a read after a write is never older than the write, whichever pod answers",
      run: async () => {
        const { id } = await create(http);
        for (let version = 2; version <= 30; version += 1) {
          const name = `Version ${version}`;
          await http.send("PUT", `${PROFILES}/${id}`, json(200), { json: { name, email: `${id}@example.com` } });
          const reads = Array.from({ length: 5 }, () => http.send<Answer>("GET", `${PROFILES}/${id}`, json(200)));
          for (const read of await Promise.all(reads)) {
            assert.equal(read.body.profile.version, version);
          }
        }
        await http.send("DELETE", `${PROFILES}/${id}`, { status: 204 });
      },
    },
    {
      name: "50 delayed tasks are each carried out once, with the worker killed in between",
      run: async () => {
        const ids = await Promise.all(Array.from({ length: 50 }, (_, index) => submit(http, index % 5)));
        await killWorker(cluster);
        for (const task of ids) await awaitSuccess(http, task);
      },
    },
  ];
}

async function create(http: HttpClient): Promise<Answer["profile"]> {
  const body = { json: { name: "Flow", email: `flow.${randomUUID()}@example.com` } };
  return (await http.send<Answer>("POST", PROFILES, json(201), body)).body.profile;
}

async function submit(http: HttpClient, delaySeconds: number): Promise<string> {
  const body = { json: { type: "echo", delaySeconds, payload: { delaySeconds } } };
  return (await http.send<TaskAnswer>("POST", "/api/v1/tasks/delayed", json(202), body)).body.task.id;
}

async function killWorker(cluster: LiveCluster): Promise<void> {
  const namespace = namespaceOf(await requirePlatform(cluster), "server-layer");
  const pods = ["--namespace", namespace, "--selector=app.kubernetes.io/name=worker"];
  await cluster.kubectl.run(["delete", "pods", ...pods, "--grace-period=0", "--force", "--wait=false"]);
}

async function awaitSuccess(http: HttpClient, id: string): Promise<void> {
  await eventually(
    async () => {
      const { task } = (await http.send<TaskAnswer>("GET", `/api/v1/tasks/${id}`, json(200))).body;
      if (task.status === "succeeded") return true;
      throw new Error(`the task is ${task.status}`);
    },
    { what: `task ${id} has succeeded`, timeoutMs: RECOVERY_TIMEOUT_MS },
  );
}
