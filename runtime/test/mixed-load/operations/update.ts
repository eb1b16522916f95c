import type { Context } from "../context.ts";
import { writeConditionally } from "./conditional.ts";

export async function update(context: Context, dueAt: number): Promise<void> {
  const text = context.newText();
  await writeConditionally(context, dueAt, {
    operation: "update",
    begin: (history, sentAt) => history.beginUpdate(text, sentAt),
    sending: ({ email }, path) => ({ method: "PUT", path, json: { name: text, email, bio: text } }),
    expected: 200,
  });
}
