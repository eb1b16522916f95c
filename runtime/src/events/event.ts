import { z } from "zod";
import { taskProgress, taskStatuses, taskTypes } from "../tasks/task.ts";

export const kinds = ["profile", "task"] as const;
/** What an event can be about. */
export type Kind = (typeof kinds)[number];

const profileTypes = ["profile.created", "profile.updated", "profile.deleted"] as const;
const taskEventTypes = [...taskStatuses.map((status) => `task.${status}` as const), "task.removed"] as const;

export const eventTypes = [...profileTypes, ...taskEventTypes] as const;
export type EventType = (typeof eventTypes)[number];

const common = {
  cursor: z.string().meta({ description: "Where a stream goes on after this event." }),
  id: z.uuid().meta({ description: "Of the profile or task." }),
  version: z.int().min(1).meta({
    description: "Of the profile or task after the change; the last one that it had when it was deleted or removed.",
  }),
  at: z.iso.datetime().meta({ description: "When the change was made, shortly before it was committed." }),
};

const profileEvent = z.object({ ...common, kind: z.literal("profile"), type: z.enum(profileTypes) });

const taskEvent = z.object({
  ...common,
  kind: z.literal("task"),
  type: z.enum(taskEventTypes).meta({ description: "The task's status after the change, or `task.removed`." }),
  task: z.object({
    type: z.enum(taskTypes),
    attempts: z.int().min(0).exactOptional(),
    maxAttempts: z.int().min(1).exactOptional(),
    progress: taskProgress.exactOptional(),
    errorCode: z.string().exactOptional(),
  }),
});

/** An event as clients see it. */
export const eventSchema = z.discriminatedUnion("kind", [profileEvent, taskEvent]);
export type EventView = z.infer<typeof eventSchema>;

/** An event as it is recorded. */
export interface RecordedEvent {
  readonly id: bigint;
  /** The number of the transaction that made the change. */
  readonly xid: bigint;
  readonly type: EventType;
  readonly kind: Kind;
  readonly subjectId: string;
  readonly version: number;
  readonly at: Date;
  readonly data: unknown;
  /** Seconds from the change until it was read, by PostgreSQL's clock. */
  readonly age: number;
}

export function kindOf(type: string): Kind {
  return type.startsWith("profile.") ? "profile" : "task";
}

/** The JSON text of an event as clients see it. */
export function eventText({ type, kind, subjectId, version, at, data }: RecordedEvent, cursor: string): string {
  const task = kind === "task" ? { task: data } : {};
  return JSON.stringify({ cursor, type, kind, id: subjectId, version, at: at.toISOString(), ...task });
}
