import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Task } from "../src/tasks/task.ts";
import { type Client, createClient, send } from "./client.ts";
import { until } from "./instance.ts";
import { createSettings, endServices, migrateDatabase, type Service, startService } from "./service.ts";

let client: Client;
let worker: Service;
let tasks: string;

beforeAll(async () => {
  const settings = await createSettings();
  await migrateDatabase(settings);
  const server = startService("server", settings);
  worker = startService("worker", settings);
  await Promise.all([server.ready(), worker.ready()]);
  client = createClient(await server.url());
  tasks = `${client.url}/api/v1/tasks`;
});
afterAll(endServices);

describe("a delayed task", () => {
  test("waits, is carried out when due, and tells its result", async () => {
    const submitted = await send<{ task: Task }>(`${tasks}/delayed`, "POST", {
      type: "echo",
      payload: { hello: "world" },
      delaySeconds: 0.5,
    });
    expect(submitted.status).toBe(202);
    const { task } = submitted.body;
    expect(submitted.headers.get("location")).toBe(`/api/v1/tasks/${task.id}`);
    expect(task).toMatchObject({ type: "echo", status: "scheduled", attempts: 0, maxAttempts: 5 });
    const ended = await client.ended(task.id);
    expect(ended).toMatchObject({ status: "succeeded", attempts: 1, result: { hello: "world" } });
    expect(Date.parse(ended.startedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(task.runAt));
    expect(Date.parse(ended.finishedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(ended.startedAt ?? ""));
  });

  test("changes a profile, in the cache as well", async () => {
    const { id } = await client.create("changed-by-task@example.org");
    await client.read(id);
    const { id: taskId } = await client.delay("profile.update", { profileId: id, changes: { bio: "by a task" } });
    const ended = await client.ended(taskId);
    expect(ended).toMatchObject({ status: "succeeded", result: { profileId: id, version: 2 } });
    const { body } = await client.read(id);
    expect(body.profile).toMatchObject({ name: "Ada Lovelace", bio: "by a task", version: 2 });
  });

  test("deletes a profile, from the cache as well", async () => {
    const { id } = await client.create("deleted-by-task@example.org");
    await client.read(id);
    const { id: taskId } = await client.delay("profile.delete", { profileId: id });
    expect((await client.ended(taskId)).status).toBe("succeeded");
    expect((await client.read(id)).status).toBe(404);
  });

  test("that can never succeed fails at once, with the reason", async () => {
    const profileId = crypto.randomUUID();
    const { id } = await client.delay("profile.delete", { profileId });
    const ended = await client.ended(id);
    expect(ended).toMatchObject({ status: "failed", attempts: 1 });
    expect(ended.error).toEqual({ code: "profile-not-found", message: `there is no profile ${profileId}` });
  });

  test("is logged by the worker under the request's id", async () => {
    const input = { type: "echo", payload: {} };
    const { body } = await send<{ task: Task }>(`${tasks}/delayed`, "POST", input, { "X-Request-Id": "task-request" });
    await client.ended(body.task.id);
    const line = await until("the worker's log line", async () =>
      worker.logs.find(({ taskId }) => taskId === body.task.id),
    );
    expect(line).toMatchObject({ requestId: "task-request", outcome: "succeeded", type: "echo", attempt: 1 });
  });

  test("due at a given time, among many others", async () => {
    const runAt = new Date(Date.now() + 400).toISOString();
    const submitted = await Promise.all(
      Array.from({ length: 250 }, (_, index) =>
        send<{ task: Task }>(`${tasks}/delayed`, "POST", { type: "echo", payload: { index }, runAt }),
      ),
    );
    const ended = await Promise.all(submitted.map(({ body }) => client.ended(body.task.id)));
    expect(ended.every(({ status, attempts }) => status === "succeeded" && attempts === 1)).toBe(true);
    const early = ended.filter(({ startedAt = "" }) => startedAt < runAt);
    expect(early).toEqual([]);
    expect(await client.metric("task_dispatch_lateness_seconds_count")).toBeGreaterThanOrEqual(250);
  });
});

describe("what is refused", () => {
  test.each([
    ["an unknown type", { type: "launch", payload: {} }, "#/type"],
    ["a payload of another type", { type: "profile.delete", payload: { id: 1 } }, "#/payload/profileId"],
    [
      "a change of nothing",
      { type: "profile.update", payload: { profileId: crypto.randomUUID(), changes: {} } },
      "#/payload/changes",
    ],
    ["a negative delay", { type: "echo", payload: {}, delaySeconds: -1 }, "#/delaySeconds"],
    ["a delay of more than a year", { type: "echo", payload: {}, delaySeconds: 31_536_001 }, "#/delaySeconds"],
    ["a time in more than a year", { type: "echo", payload: {}, runAt: "2999-01-01T00:00:00Z" }, "#/runAt"],
    ["a delay and a time", { type: "echo", payload: {}, delaySeconds: 1, runAt: "2026-01-01T00:00:00Z" }, "#/runAt"],
    ["a year that is none", { type: "echo", payload: {}, runAt: "0000-01-01T00:00:00Z" }, "#/runAt"],
    ["a text that cannot be stored", { type: "echo", payload: { a: ["b\u0000"] } }, "#/payload"],
    ["half of a surrogate pair", { type: "echo", payload: { "\ud800": 1 } }, "#/payload"],
    ["an unknown field", { type: "echo", payload: {}, priority: 1 }, "#/priority"],
  ])("%s", async (_what, body, pointer) => {
    const answer = await send(`${tasks}/delayed`, "POST", body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map((error) => error.pointer)).toContain(pointer);
  });

  test("the status of a task that does not exist", async () => {
    expect((await send(`${tasks}/${crypto.randomUUID()}`)).status).toBe(404);
    expect((await send(`${tasks}/nonsense`)).status).toBe(400);
  });
});
