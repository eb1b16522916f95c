import { randomUUID } from "node:crypto";
import { eventually } from "../e2e/support/eventually.ts";
import { ProfileApi } from "../e2e/support/profile-api.ts";
import type { TokenSource } from "../e2e/support/token.ts";

interface Task {
  readonly id: string;
  readonly status: string;
}

const CACHED_TIMEOUT_MS = 30_000;
const TASK_TIMEOUT_MS = 60_000;
const TASK_DELAY_SECONDS = 2;

/** Uses the profile API as a client would, and tells what it saw. Throws at the first answer that is not as promised. */
export async function tourApi(url: string, token: TokenSource, tell: (line: string) => void): Promise<void> {
  const api = new ProfileApi(url, token);

  const email = `ada.${randomUUID()}@example.com`;
  const created = expectStatus(await api.create({ name: "Ada Lovelace", email }), 201, "creating a profile");
  const { id } = created.body.profile;
  tell(`POST   /api/v1/profiles              201  profile ${id}`);

  const first = expectStatus(await api.read(id), 200, "reading the profile");
  tell(`GET    /api/v1/profiles/{id}         200  from the ${first.body.source}`);
  const second = await eventually(
    async () => {
      const answer = expectStatus(await api.read(id), 200, "reading the profile again");
      if (answer.body.source === "cache") return answer;
      throw new Error(`the answer comes from the ${answer.body.source}`);
    },
    { what: "the profile is read from the cache", timeoutMs: CACHED_TIMEOUT_MS },
  );
  tell(`GET    /api/v1/profiles/{id}         200  from the ${second.body.source}`);

  const path = `/api/v1/profiles/${id}`;
  expectStatus(await api.call("PUT", path, { name: "Ada King", email }), 200, "updating the profile");
  const updated = expectStatus(await api.read(id), 200, "reading the updated profile");
  if (updated.body.profile.name !== "Ada King") throw new Error("the update is not seen by the next read");
  tell(`PUT    /api/v1/profiles/{id}         200  the next read, from the ${updated.body.source}, sees the change`);

  expectStatus(await api.call("DELETE", path), 204, "deleting the profile");
  expectStatus(await api.read(id), 404, "reading the deleted profile");
  tell("DELETE /api/v1/profiles/{id}         204  and a read answers 404");

  const began = performance.now();
  const body = { type: "echo", delaySeconds: TASK_DELAY_SECONDS, payload: { hello: "world" } };
  const accepted = await api.call<{ task: Task }>("POST", "/api/v1/tasks/delayed", body);
  const { task } = expectStatus(accepted, 202, "submitting a delayed task").body;
  tell(`POST   /api/v1/tasks/delayed         202  task ${task.id}, due in ${TASK_DELAY_SECONDS} s`);
  await eventually(
    async () => {
      const answer = await api.call<{ task: Task }>("GET", `/api/v1/tasks/${task.id}`);
      const { status } = expectStatus(answer, 200, "reading the task").body.task;
      if (status === "succeeded") return status;
      throw new Error(`the task is ${status}`);
    },
    { what: "the delayed task has succeeded", timeoutMs: TASK_TIMEOUT_MS },
  );
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  tell(`GET    /api/v1/tasks/{id}            200  succeeded, seen ${seconds} s after it was submitted`);
}

function expectStatus<T extends { readonly status: number; readonly body: unknown }>(
  answer: T,
  wanted: number,
  what: string,
): T {
  if (answer.status === wanted) return answer;
  throw new Error(`${what} was answered with ${answer.status}, not ${wanted}: ${JSON.stringify(answer.body)}`);
}
