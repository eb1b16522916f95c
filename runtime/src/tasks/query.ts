import { z } from "zod";
import { pageLimit } from "../kit/http/page.ts";
import { decodeCursor } from "./cursor.ts";
import { taskStatuses, taskTime, taskTypes } from "./task.ts";

/** Query parameters of the listing of tasks. */
export const taskListQuery = z
  .strictObject({
    status: z.enum(taskStatuses, { error: `must be one of ${taskStatuses.join(", ")}` }).optional(),
    type: z.enum(taskTypes, { error: `must be one of ${taskTypes.join(", ")}` }).optional(),
    dueAfter: taskTime.optional().meta({ description: "Due later than this." }),
    dueBefore: taskTime
      .optional()
      .meta({ description: "Due earlier than this, which has to be later than `dueAfter`." }),
    limit: pageLimit.meta({ description: "Tasks on a page, at most." }),
    cursor: z
      .string("must be given once")
      .transform((text, context) => {
        const place = decodeCursor(text);
        if (place !== undefined) return place;
        context.addIssue({ code: "custom", message: "must be the nextCursor of an earlier answer" });
        return z.NEVER;
      })
      .optional()
      .meta({ description: "The `nextCursor` of the page before." }),
  })
  .refine(({ dueAfter, dueBefore }) => dueAfter === undefined || dueBefore === undefined || dueAfter < dueBefore, {
    path: ["dueBefore"],
    message: "must be later than dueAfter, or nothing can match",
  });
