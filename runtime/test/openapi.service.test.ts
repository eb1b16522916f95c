import { afterAll, beforeAll, expect, test } from "vitest";
import type { z } from "zod";
import { imageAnswer } from "../src/images/openapi.ts";
import { readinessReport } from "../src/kit/health.ts";
import { problemDetails } from "../src/kit/http/problem.ts";
import { profileAnswer, profilePage } from "../src/profiles/profile.ts";
import { serverDocument } from "../src/server/openapi.ts";
import { taskAnswer } from "../src/tasks/task.ts";
import { type Client, createClient, send } from "./client.ts";
import { unique } from "./pictures.ts";
import { createSettings, endServices, migrateDatabase, startService } from "./service.ts";

let client: Client;

beforeAll(async () => {
  const settings = await createSettings();
  await migrateDatabase(settings);
  const server = startService("server", settings);
  const worker = startService("worker", settings);
  await Promise.all([server.ready(), worker.ready()]);
  client = createClient(await server.url());
});
afterAll(endServices);

/** Whether an answer is what the document says of it, with nothing beside. */
async function expectAnswer(schema: z.ZodType, path: string, method = "GET", body?: unknown): Promise<void> {
  const answer = await send<unknown>(client.url + path, method, body);
  expect(schema.parse(answer.body)).toEqual(answer.body);
}

test("the server gives the document", async () => {
  const { status, headers, body } = await send<unknown>(`${client.url}/openapi.json`);
  expect([status, headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
  expect(body).toEqual(JSON.parse(JSON.stringify(serverDocument)));
  expect((await send(`${client.url}/openapi.json`, "POST", {})).status).toBe(405);
});

test("every kind of answer has the fields that the document says, and no others", async () => {
  const profiles = "/api/v1/profiles";
  const input = { name: "Ada", email: "ada@example.org", bio: "first" };
  await expectAnswer(profileAnswer, profiles, "POST", input);
  const { id } = await client.create("grace@example.org");
  await expectAnswer(profileAnswer, `${profiles}/${id}`);
  await expectAnswer(profileAnswer, `${profiles}/${id}`, "PUT", { ...input, email: "grace@example.org" });
  const { body: added } = await client.upload(id, await unique());
  expect(imageAnswer.strict().parse(added)).toEqual(added);
  await expectAnswer(profileAnswer, `${profiles}/${id}`);
  await expectAnswer(profileAnswer, `${profiles}/${id}/images/${added.image.hash}`, "DELETE");
  await client.upload(id, await unique());
  await expectAnswer(profilePage, `${profiles}?limit=1`);
  await expectAnswer(profilePage, `${profiles}?limit=2`);
  await expectAnswer(problemDetails, profiles, "POST", {});
  await expectAnswer(problemDetails, `${profiles}/${crypto.randomUUID()}`);
  await expectAnswer(readinessReport, "/ready");

  await expectAnswer(taskAnswer, "/api/v1/tasks/delayed", "POST", { type: "echo", payload: {} });
  const done = await client.delay("echo", { a: [1, null] });
  const failed = await client.delay("profile.delete", { profileId: crypto.randomUUID() });
  for (const { id: taskId } of [done, failed]) {
    await client.ended(taskId);
    await expectAnswer(taskAnswer, `/api/v1/tasks/${taskId}`);
  }
});
