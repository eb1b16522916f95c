import { z } from "zod";
import type { Reply } from "./connections.ts";
import type { Shown } from "./oracle/shown.ts";
import type { ShownTask } from "./oracle/task-history.ts";

/** Path of the profiles below the address of the API. */
export const profilesPath = "/api/v1/profiles";
export const tasksPath = "/api/v1/tasks";

// Only what the load looks at: what else an answer holds is the matter of other tests.
const sizes = z.record(z.string(), z.object({ bytes: z.int() }));
const profileBody = z.object({
  profile: z.object({
    id: z.string(),
    version: z.int(),
    bio: z.string().optional(),
    images: z.array(z.object({ hash: z.string(), sizes })),
  }),
  source: z.enum(["cache", "database"]),
});
const taskBody = z.object({
  task: z.object({ id: z.string(), status: z.string(), result: z.unknown().optional() }),
});
const taskResult = z.object({ version: z.int() });
const problemBody = z.object({ type: z.string() });

export interface ShownImage {
  readonly hash: string;
  /** Name of each size, with its bytes. */
  readonly sizes: Readonly<Record<string, number>>;
}

export interface ProfileAnswer {
  readonly id: string;
  readonly shown: Shown;
  readonly images: readonly ShownImage[];
  readonly source: "cache" | "database";
}

/** Throws when the answer is not that of one profile. */
export function profileOf(reply: Reply): ProfileAnswer {
  const { profile, source } = read(profileBody, reply, "a profile");
  const { id, version, bio = "" } = profile;
  const images = profile.images.map(({ hash, sizes }) => ({
    hash,
    sizes: Object.fromEntries(Object.entries(sizes).map(([name, { bytes }]) => [name, bytes])),
  }));
  return { id, source, images, shown: { version, text: bio, images: images.map(({ hash }) => hash) } };
}

export interface TaskAnswer {
  readonly id: string;
  readonly shown: ShownTask;
}

/** Throws when the answer is not that of one task. */
export function taskOf(reply: Reply): TaskAnswer {
  const { id, status, result } = read(taskBody, reply, "a task").task;
  const version = taskResult.safeParse(result).data?.version;
  return { id, shown: { status, ...(version === undefined ? {} : { version }) } };
}

/** The end of a problem's type, such as `request-in-progress`; undefined when the answer is none. */
export function problemOf({ body }: Reply): string | undefined {
  return problemBody.safeParse(body).data?.type.split(":").at(-1);
}

function read<Schema extends z.ZodType>(schema: Schema, { body, from, status }: Reply, what: string): z.infer<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Error(`${from} answered with ${status}, and not as it answers with ${what}`, { cause: parsed.error });
}
