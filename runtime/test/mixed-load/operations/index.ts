import type { Context } from "../context.ts";
import type { OperationName } from "../mixture.ts";
import { create } from "./create.ts";
import { delay } from "./delay.ts";
import { read } from "./read.ts";
import { readTask } from "./read-task.ts";
import { remove } from "./remove.ts";
import { update } from "./update.ts";
import { upload } from "./upload.ts";

/** Profiles in use below which none is deleted. */
const fewest = 4;

type Operation = (context: Context, dueAt: number) => Promise<void>;

/** What each name of the mixture does. A deletion that would leave too few profiles in use is a creation. */
export const operations: Readonly<Record<OperationName, Operation>> = {
  read,
  readTask,
  update,
  create,
  upload,
  delay,
  delete: (context, dueAt) => (context.population.inUse > fewest ? remove(context, dueAt) : create(context, dueAt)),
};
