import { bodyProblems, commonProblems, type Operation } from "../openapi/operation.ts";
import { keyedHeaders, requestHeaders } from "../openapi/request-headers.ts";
import { jsonValue, taskAnswer, taskInput, taskParameters, taskSchema } from "./task.ts";

export const taskSchemas = {
  Task: taskSchema,
  TaskInput: taskInput,
  TaskAnswer: taskAnswer,
  JsonValue: jsonValue,
};

const tag = "tasks";

export const taskOperations: readonly Operation[] = [
  {
    method: "post",
    path: "/api/v1/tasks/delayed",
    id: "scheduleTask",
    tag,
    summary: "Schedules a task",
    description: "Once it is accepted it will be carried out: when due, not before, and with its effect once.",
    headers: keyedHeaders,
    body: taskInput,
    answers: {
      202: { description: "It is scheduled.", headers: ["Location", "Idempotency-Replayed"], body: taskAnswer },
    },
    problems: [...bodyProblems, "request-in-progress", "idempotency-key-reused", ...commonProblems],
  },
  {
    method: "get",
    path: "/api/v1/tasks/{id}",
    id: "getTask",
    tag,
    summary: "Tells a task's status",
    pathParameters: taskParameters,
    headers: requestHeaders,
    answers: { 200: { description: "The task.", body: taskAnswer } },
    problems: ["not-found", ...commonProblems],
  },
];
