import { randomUUID } from "node:crypto";
import { type Request, type Response, Router } from "express";
import { z } from "zod";
import { answerOnce } from "../idempotency/answer.ts";
import type { Idempotency } from "../idempotency/idempotency.ts";
import { jsonBody } from "../kit/http/body.ts";
import { allowOnly } from "../kit/http/errors.ts";
import { Problem } from "../kit/http/problem.ts";
import { contextOf } from "../kit/http/request.ts";
import { validate } from "../kit/http/validate.ts";
import type { TaskSchedule } from "./schedule.ts";
import { longestDelay, taskInput, taskParameters } from "./task.ts";

/** Bytes. */
const largestBody = 64 * 1_024;

const noQuery = z.strictObject({});

export function taskRoutes(schedule: TaskSchedule, idempotency: Idempotency, now: () => number = Date.now): Router {
  const router = Router();

  router
    .route("/api/v1/tasks/delayed")
    .post([...jsonBody(largestBody)], async (request: Request, response: Response) => {
      validate(noQuery, request.query, "");
      const input = validate(taskInput, request.body, "#");
      if (input.runAt !== undefined && Date.parse(input.runAt) > now() + longestDelay * 1_000) {
        const errors = [{ pointer: "#/runAt", detail: "must be within a year from now" }];
        throw new Problem("validation-failed", "Choose an earlier time and send the request again.", { errors });
      }
      const { requestId } = contextOf(request);
      await answerOnce(idempotency, request, response, async (db) => {
        const task = await schedule.add(randomUUID(), input, requestId, db);
        return { status: 202, headers: { Location: `/api/v1/tasks/${task.id}` }, body: { task } };
      });
    })
    .all(allowOnly("POST"));

  router
    .route("/api/v1/tasks/:id")
    .get(async (request: Request, response: Response) => {
      validate(noQuery, request.query, "");
      const { id } = validate(taskParameters, request.params, "");
      const task = await schedule.find(id);
      if (task === undefined) throw new Problem("not-found", `There is no task ${id}.`);
      response.json({ task });
    })
    .all(allowOnly("GET"));

  return router;
}
