import { z } from "zod";
import { isStorableJson } from "../kit/text.ts";
import { instant } from "../kit/time.ts";
import { profileChanges } from "../profiles/profile.ts";

/**
 * scheduled ──due──► queued ──taken──► running ──► succeeded
 *     ▲                 ▲                 │  └─────► failed
 *     └──── back-off ───┼─────────────────┤
 *                       └── worker lost ──┘
 */
export const taskStatuses = ["scheduled", "queued", "running", "succeeded", "failed"] as const;
export type TaskStatus = (typeof taskStatuses)[number];

/** Seconds: one year. */
export const longestDelay = 31_536_000;
export const maxAttempts = 5;

/** Any JSON value. */
export const jsonValue = z.json();

export const payloads = {
  /** Stores its payload as its result. */
  echo: z
    .record(z.string(), jsonValue)
    .refine(isStorableJson, "must not hold NUL characters or halves of surrogate pairs"),
  "profile.update": z.strictObject({ profileId: z.uuid(), changes: profileChanges }),
  "profile.delete": z.strictObject({ profileId: z.uuid() }),
} as const;

export type TaskType = keyof typeof payloads;
export type PayloadOf<Type extends TaskType> = z.infer<(typeof payloads)[Type]>;

const schedule = {
  delaySeconds: z.number().min(0).max(longestDelay).optional().meta({
    description: "Seconds to wait; 0 when neither this nor `runAt` is given.",
  }),
  runAt: instant("must be a time with its zone, such as 2026-01-31T12:00:00Z").optional().meta({
    description: "When to run, at most a year ahead; instead of `delaySeconds`.",
  }),
};

/** What a client sends: a task, and either how long to wait or when to run; neither means at once. */
export const taskInput = z
  .discriminatedUnion("type", [
    z.strictObject({ type: z.literal("echo"), payload: payloads.echo, ...schedule }),
    z.strictObject({ type: z.literal("profile.update"), payload: payloads["profile.update"], ...schedule }),
    z.strictObject({ type: z.literal("profile.delete"), payload: payloads["profile.delete"], ...schedule }),
  ])
  .refine(({ delaySeconds, runAt }) => delaySeconds === undefined || runAt === undefined, {
    path: ["runAt"],
    message: "cannot be given together with delaySeconds",
  });
export type TaskInput = z.infer<typeof taskInput>;

export const taskError = z.object({
  code: z.string().meta({ description: "Stable name of the kind of failure." }),
  message: z.string(),
});
export type TaskError = Readonly<z.infer<typeof taskError>>;

/** A task as the API shows it. */
export const taskSchema = z.object({
  id: z.uuid(),
  type: z.enum(Object.keys(payloads) as [TaskType, ...TaskType[]]),
  payload: z.unknown(),
  status: z.enum(taskStatuses),
  runAt: z.iso.datetime(),
  attempts: z.int().min(0).meta({ description: "How often a worker has begun to carry it out." }),
  maxAttempts: z.int().min(1),
  result: z.unknown().exactOptional(),
  error: taskError.exactOptional().meta({ description: "Of the latest attempt that failed." }),
  createdAt: z.iso.datetime(),
  queuedAt: z.iso.datetime().exactOptional(),
  startedAt: z.iso.datetime().exactOptional(),
  finishedAt: z.iso.datetime().exactOptional(),
});
export type Task = Readonly<z.infer<typeof taskSchema>>;

/** What is answered with one task. */
export const taskAnswer = z.object({ task: taskSchema });

/** The parameters in the path of one task. */
export const taskParameters = z.strictObject({ id: z.uuid() });
