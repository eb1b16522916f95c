import { z } from "zod";
import { isStorableJson } from "../kit/text.ts";
import { instant } from "../kit/time.ts";
import { profileChanges } from "../profiles/profile.ts";

/**
 * scheduled ──due──► queued ──taken──► running ──► succeeded
 *   ▲   ▲               ▲                 │  └─────► failed ──┐
 *   │   └── back-off ───┼─────────────────┤                   ├── replayed
 *   │                   └── worker lost ──┘        cancelled ─┘      │
 *   └────────────────────────────────────────────────────────────────┘
 *
 * What has not ended can be cancelled at any time.
 */
export const taskStatuses = ["scheduled", "queued", "running", "succeeded", "failed", "cancelled"] as const;
export type TaskStatus = (typeof taskStatuses)[number];

/** Seconds: one year. */
export const longestDelay = 31_536_000;
export const maxAttempts = 5;

/** Any JSON value. */
export const jsonValue = z.json();

/** A domain as it stands behind the @ of an address; case does not count there. */
const domain = z
  .string()
  .max(253)
  .regex(
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:[A-Za-z]{2,63}|[Xx][Nn]--[A-Za-z0-9-]{0,58}[A-Za-z0-9])$/,
    "must be a domain such as example.org",
  )
  .transform((text) => text.toLowerCase());

export const payloads = {
  /** Stores its payload as its result. */
  echo: z
    .record(z.string(), jsonValue)
    .refine(isStorableJson, "must not hold NUL characters or halves of surrogate pairs"),
  "profile.update": z.strictObject({ profileId: z.uuid(), changes: profileChanges }),
  "profile.delete": z.strictObject({ profileId: z.uuid() }),
  /** Moves the e-mail addresses of all profiles from one domain to another. */
  "profiles.change-domain": z
    .strictObject({ from: domain, to: domain })
    .refine(({ from, to }) => from !== to, { path: ["to"], message: "must be another domain than from" }),
} as const;

export type TaskType = keyof typeof payloads;
export type PayloadOf<Type extends TaskType> = z.infer<(typeof payloads)[Type]>;
export const taskTypes = Object.keys(payloads) as readonly TaskType[];

/** A time in any zone, brought to UTC. */
export const taskTime = instant("must be a time with its zone, such as 2026-01-31T12:00:00Z");

const schedule = {
  delaySeconds: z.number().min(0).max(longestDelay).optional().meta({
    description: "Seconds to wait; 0 when neither this nor `runAt` is given.",
  }),
  runAt: taskTime.optional().meta({
    description: "When to run, at most a year ahead; instead of `delaySeconds`.",
  }),
};

interface Schedule {
  readonly delaySeconds?: number | undefined;
  /** ISO 8601, in UTC. */
  readonly runAt?: string | undefined;
}

function saysOnce({ delaySeconds, runAt }: Schedule): boolean {
  return delaySeconds === undefined || runAt === undefined;
}
const saidTwice = { path: ["runAt"], message: "cannot be given together with delaySeconds" };
/** The same for readers of the OpenAPI document. */
const once = { not: { required: ["delaySeconds", "runAt"] } };

/** When a task runs: after so many seconds, or at a time; at once when neither is given. */
export const scheduleInput = z.strictObject(schedule).refine(saysOnce, saidTwice).meta(once);
export type ScheduleInput = z.infer<typeof scheduleInput>;

/** What a client sends: a task, and either how long to wait or when to run; neither means at once. */
export const taskInput = z
  .discriminatedUnion("type", [
    z.strictObject({ type: z.literal("echo"), payload: payloads.echo, ...schedule }),
    z.strictObject({ type: z.literal("profile.update"), payload: payloads["profile.update"], ...schedule }),
    z.strictObject({ type: z.literal("profile.delete"), payload: payloads["profile.delete"], ...schedule }),
    z.strictObject({
      type: z.literal("profiles.change-domain"),
      payload: payloads["profiles.change-domain"],
      ...schedule,
    }),
  ])
  .refine(saysOnce, saidTwice)
  .meta(once);
export type TaskInput = z.infer<typeof taskInput>;

export const taskError = z.object({
  code: z.string().meta({ description: "Stable name of the kind of failure." }),
  message: z.string(),
});
export type TaskError = Readonly<z.infer<typeof taskError>>;

/** How far long work has come. */
export const taskProgress = z.object({ percent: z.int().min(0).max(99), message: z.string().exactOptional() });
export type TaskProgress = Readonly<z.infer<typeof taskProgress>>;

/** What became of a task before it was scheduled again. */
export const taskReplays = z.object({
  count: z.int().min(0),
  latestAt: z.iso.datetime(),
  firstFailure: taskError
    .extend({ failedAt: z.iso.datetime() })
    .exactOptional()
    .meta({ description: "Absent when it had been cancelled and never failed." }),
});
export type TaskReplays = Readonly<z.infer<typeof taskReplays>>;

/** A task as the API shows it. */
export const taskSchema = z.object({
  id: z.uuid(),
  type: z.enum(taskTypes),
  payload: z.unknown(),
  status: z.enum(taskStatuses),
  version: z.int().min(1).meta({ description: "Counts from 1 and grows by one with each change that is shown." }),
  runAt: z.iso.datetime(),
  attempts: z.int().min(0).meta({
    description: "How often a worker has begun to carry it out, since it was last replayed if it was.",
  }),
  maxAttempts: z.int().min(1),
  result: z.unknown().exactOptional(),
  error: taskError.exactOptional().meta({ description: "Of the latest attempt that failed." }),
  progress: taskProgress.exactOptional().meta({
    description: "Of long work, while it runs and after it was cancelled or failed.",
  }),
  replays: taskReplays.exactOptional().meta({ description: "What became of it before it was scheduled again." }),
  createdAt: z.iso.datetime(),
  queuedAt: z.iso.datetime().exactOptional(),
  startedAt: z.iso.datetime().exactOptional(),
  finishedAt: z.iso.datetime().exactOptional(),
});
export type Task = Readonly<z.infer<typeof taskSchema>>;

/** What is answered with one task. */
export const taskAnswer = z.object({ task: taskSchema });

/** What is answered with a page of tasks. */
export const taskPage = z.object({
  tasks: z.array(taskSchema),
  nextCursor: z.string().exactOptional().meta({ description: "Leads to the next page; absent on the last one." }),
});

/** The parameters in the path of one task. */
export const taskParameters = z.strictObject({ id: z.uuid() });
