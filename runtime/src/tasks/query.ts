import { z } from "zod";
import { decodeCursor } from "./cursor.ts";
import { taskStatuses, taskTime, taskTypes } from "./task.ts";

const limitRule = "must be a number from 1 to 100";

/** Query parameters of the listing of tasks. */
export const taskListQuery = z
  .strictObject({
    status: z.enum(taskStatuses, { error: `must be one of ${taskStatuses.join(", ")}` }).optional(),
    type: z.enum(taskTypes, { error: `must be one of ${taskTypes.join(", ")}` }).optional(),
    dueAfter: taskTime.optional(),
    dueBefore: taskTime.optional(),
    limit: z
      .string(limitRule)
      .regex(/^\d{1,3}$/, limitRule)
      .transform(Number)
      .refine((limit) => limit >= 1 && limit <= 100, limitRule)
      .default(20),
    cursor: z
      .string("must be given once")
      .transform((text, context) => {
        const place = decodeCursor(text);
        if (place !== undefined) return place;
        context.addIssue({ code: "custom", message: "must be the nextCursor of an earlier answer" });
        return z.NEVER;
      })
      .optional(),
  })
  .refine(({ dueAfter, dueBefore }) => dueAfter === undefined || dueBefore === undefined || dueAfter < dueBefore, {
    path: ["dueBefore"],
    message: "must be later than dueAfter, or nothing can match",
  });
