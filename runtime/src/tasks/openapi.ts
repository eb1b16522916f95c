import { bodyProblems, commonProblems, type Link, type Operation } from "../openapi/operation.ts";
import { keyedHeaders, requestHeaders } from "../openapi/request-headers.ts";
import { taskRoles } from "./access.ts";
import { taskListQuery } from "./query.ts";
import { jsonValue, scheduleInput, taskAnswer, taskInput, taskPage, taskParameters, taskSchema } from "./task.ts";

export const taskSchemas = {
  Task: taskSchema,
  TaskInput: taskInput,
  TaskSchedule: scheduleInput,
  TaskAnswer: taskAnswer,
  TaskPage: taskPage,
  JsonValue: jsonValue,
};

const tag = "tasks";

const links: readonly Link[] = ["getTask", "cancelTask", "replayTask"].map((to) => ({
  to,
  parameters: { id: "$response.body#/task/id" },
}));

export const taskOperations: readonly Operation[] = [
  {
    method: "post",
    path: "/api/v1/tasks/delayed",
    id: "scheduleTask",
    tag,
    summary: "Schedules a task",
    access: "editor",
    accessByTaskType: taskRoles,
    description: "Once it is accepted it will be carried out: when due, not before, and with its effect once.",
    headers: keyedHeaders,
    body: taskInput,
    answers: {
      202: { description: "It is scheduled.", headers: ["Location", "Idempotency-Replayed"], body: taskAnswer, links },
    },
    problems: [...bodyProblems, "request-in-progress", "idempotency-key-reused", ...commonProblems],
  },
  {
    method: "get",
    path: "/api/v1/tasks/{id}",
    id: "getTask",
    tag,
    summary: "Tells a task's status",
    access: "viewer",
    pathParameters: taskParameters,
    headers: requestHeaders,
    answers: { 200: { description: "The task.", body: taskAnswer } },
    problems: ["not-found", ...commonProblems],
  },
  {
    method: "get",
    path: "/api/v1/tasks",
    id: "listTasks",
    tag,
    summary: "Lists tasks in the order in which they are due",
    access: "viewer",
    query: taskListQuery,
    headers: requestHeaders,
    answers: { 200: { description: "A page of tasks.", body: taskPage } },
    problems: commonProblems,
  },
  {
    method: "post",
    path: "/api/v1/tasks/{id}/cancel",
    id: "cancelTask",
    tag,
    summary: "Cancels a task",
    access: "editor",
    description: "Once it is answered, nothing of the task will take effect any more.",
    pathParameters: taskParameters,
    headers: requestHeaders,
    answers: {
      200: {
        description: "It is cancelled, or was before.",
        body: taskAnswer,
        links: [{ to: "replayTask", parameters: { id: "$request.path.id" } }],
      },
    },
    problems: [...bodyProblems, "not-found", "task-ended", ...commonProblems],
  },
  {
    method: "post",
    path: "/api/v1/tasks/{id}/replay",
    id: "replayTask",
    tag,
    summary: "Schedules a task again that failed or was cancelled",
    access: "editor",
    accessByTaskType: taskRoles,
    pathParameters: taskParameters,
    headers: requestHeaders,
    body: scheduleInput,
    bodyIsOptional: true,
    answers: { 202: { description: "It is scheduled again.", body: taskAnswer } },
    problems: [...bodyProblems, "not-found", "task-not-replayable", ...commonProblems],
  },
];
