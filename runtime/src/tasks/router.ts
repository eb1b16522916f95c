import { randomUUID } from "node:crypto";
import { type Request, type RequestHandler, type Response, Router } from "express";
import { z } from "zod";
import { requireRole } from "../auth/require-role.ts";
import { answerOnce } from "../idempotency/answer.ts";
import type { Idempotency } from "../idempotency/idempotency.ts";
import { answerJson } from "../kit/http/answer-json.ts";
import { jsonBody } from "../kit/http/body.ts";
import { allowOnly } from "../kit/http/errors.ts";
import { pageOf } from "../kit/http/page.ts";
import { Problem } from "../kit/http/problem.ts";
import { contextOf } from "../kit/http/request.ts";
import { validate } from "../kit/http/validate.ts";
import type { Postgres } from "../kit/stores/postgres.ts";
import { taskRoles } from "./access.ts";
import { type TaskControl, TaskStatusError } from "./control.ts";
import { encodeCursor } from "./cursor.ts";
import type { TaskDispatcher } from "./dispatcher.ts";
import { listTasks } from "./listing.ts";
import { taskListQuery } from "./query.ts";
import type { TaskSchedule } from "./schedule.ts";
import { longestDelay, type ScheduleInput, scheduleInput, type Task, taskInput, taskParameters } from "./task.ts";

/** Bytes. */
const largestBody = 64 * 1_024;

const nothing = z.strictObject({});

export interface TaskRoutesOptions {
  readonly schedule: Pick<TaskSchedule, "add" | "find">;
  readonly control: Pick<TaskControl, "cancel" | "replay">;
  readonly dispatcher: Pick<TaskDispatcher, "expect">;
  readonly db: Pick<Postgres, "read">;
  readonly idempotency: Idempotency;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export function taskRoutes({ schedule, control, dispatcher, db, idempotency, now }: TaskRoutesOptions): Router {
  const router = Router();
  const expectTask = ({ runAt }: Task): void => dispatcher.expect(Date.parse(runAt) - now());

  router
    .route("/api/v1/tasks")
    .get(async (request: Request, response: Response) => {
      const { limit, cursor, ...filter } = validate(taskListQuery, request.query, "");
      const found = await listTasks(db, filter, limit + 1, cursor);
      const { rows, ...next } = pageOf(found, limit, ({ place }) => encodeCursor(place));
      answerJson(response, { tasks: rows.map(({ task }) => task), ...next });
    })
    .all(allowOnly("GET"));

  router
    .route("/api/v1/tasks/delayed")
    .post([...jsonBody(largestBody)], async (request: Request, response: Response) => {
      validate(nothing, request.query, "");
      const input = validate(taskInput, request.body, "#");
      requireRole(request, taskRoles[input.type]);
      refuseTooLate(input, now());
      const { requestId } = contextOf(request);
      let added: Task | undefined;
      await answerOnce(idempotency, request, response, async ({ home }) => {
        const task = await schedule.add(randomUUID(), input, requestId, home);
        added = task;
        return { status: 202, headers: { Location: `/api/v1/tasks/${task.id}` }, body: { task } };
      });
      if (added !== undefined) expectTask(added);
    })
    .all(allowOnly("POST"));

  router
    .route("/api/v1/tasks/:id")
    .get(async (request: Request, response: Response) => {
      const id = idOf(request);
      answerJson(response, { task: known(id, await schedule.find(id)) });
    })
    .all(allowOnly("GET"));

  router
    .route("/api/v1/tasks/:id/cancel")
    .post(optionalJsonBody, async (request: Request, response: Response) => {
      const id = idOf(request);
      validate(nothing, request.body ?? {}, "#");
      answerJson(response, { task: known(id, await control.cancel(id).catch(refuseCancel)) });
    })
    .all(allowOnly("POST"));

  router
    .route("/api/v1/tasks/:id/replay")
    .post(optionalJsonBody, async (request: Request, response: Response) => {
      const id = idOf(request);
      const input = validate(scheduleInput, request.body ?? {}, "#");
      // To have it carried out again is to have it carried out. What type a task has never changes.
      requireRole(request, taskRoles[known(id, await schedule.find(id)).type]);
      refuseTooLate(input, now());
      const task = known(id, await control.replay(id, input).catch(refuseReplay));
      answerJson(response.status(202), { task });
      expectTask(task);
    })
    .all(allowOnly("POST"));

  return router;
}

/** What is sent without a body needs no media type. */
const optionalJsonBody = jsonBody(largestBody).map((handler): RequestHandler => {
  return (request, response, next) => (hasBody(request) ? handler(request, response, next) : next());
});

function hasBody({ headers }: Request): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function idOf(request: Request): string {
  validate(nothing, request.query, "");
  return validate(taskParameters, request.params, "").id.toLowerCase();
}

function known(id: string, task: Task | undefined): Task {
  if (task === undefined) throw new Problem("not-found", `There is no task ${id}.`);
  return task;
}

function refuseTooLate({ runAt }: ScheduleInput, now: number): void {
  if (runAt === undefined || Date.parse(runAt) <= now + longestDelay * 1_000) return;
  const errors = [{ pointer: "#/runAt", detail: "must be within a year from now" }];
  throw new Problem("validation-failed", "Choose an earlier time and send the request again.", { errors });
}

function refuseCancel(cause: unknown): never {
  if (!(cause instanceof TaskStatusError)) throw cause;
  const detail = `The task has ${cause.status} already; what it did stays done. There is nothing left to cancel.`;
  throw new Problem("task-ended", detail, { cause });
}

function refuseReplay(cause: unknown): never {
  if (!(cause instanceof TaskStatusError)) throw cause;
  const detail =
    cause.status === "succeeded"
      ? "The task has succeeded. Schedule a new one to have its effect again."
      : `The task is ${cause.status} and will be carried out. Only a failed or cancelled task can be replayed.`;
  throw new Problem("task-not-replayable", detail, { cause });
}
