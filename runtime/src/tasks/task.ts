import { z } from "zod";
import { profileChanges } from "../profiles/profile.ts";

/**
 * scheduled ──due──► queued ──taken──► running ──► succeeded
 *     ▲                 ▲                 │  └─────► failed
 *     └──── back-off ───┼─────────────────┤
 *                       └── worker lost ──┘
 */
export const taskStatuses = ["scheduled", "queued", "running", "succeeded", "failed"] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export interface TaskError {
  /** Stable name of the kind of failure. */
  readonly code: string;
  readonly message: string;
}

/** A task as the API shows it. Times are ISO 8601. */
export interface Task {
  readonly id: string;
  readonly type: TaskType;
  readonly payload: unknown;
  readonly status: TaskStatus;
  readonly runAt: string;
  /** How often a worker has begun to carry it out. */
  readonly attempts: number;
  readonly maxAttempts: number;
  readonly result?: unknown;
  /** Of the latest attempt that failed. */
  readonly error?: TaskError;
  readonly createdAt: string;
  readonly queuedAt?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

/** Seconds: one year. */
export const longestDelay = 31_536_000;
export const maxAttempts = 5;

export const payloads = {
  /** Stores its payload as its result. */
  echo: z.record(z.string(), z.json()),
  "profile.update": z.strictObject({ profileId: z.uuid(), changes: profileChanges }),
  "profile.delete": z.strictObject({ profileId: z.uuid() }),
} as const;

export type TaskType = keyof typeof payloads;
export type PayloadOf<Type extends TaskType> = z.infer<(typeof payloads)[Type]>;

const schedule = {
  delaySeconds: z.number().min(0).max(longestDelay).optional(),
  runAt: z.iso.datetime({ offset: true }).optional(),
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
