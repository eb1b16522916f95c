import type { Context } from "../context.ts";
import { writeConditionally } from "./conditional.ts";

export async function remove(context: Context, dueAt: number): Promise<void> {
  await writeConditionally(context, dueAt, {
    operation: "delete",
    begin: (history, sentAt) => history.beginDelete(sentAt),
    sending: (_, path) => ({ method: "DELETE", path }),
    expected: 204,
  });
}
