import type { Context } from "../context.ts";
import { randomPng } from "../png.ts";
import { writeConditionally } from "./conditional.ts";

export async function upload(context: Context, dueAt: number): Promise<void> {
  await writeConditionally(context, dueAt, {
    operation: "upload",
    begin: (history, sentAt) => history.beginUpload(sentAt),
    sending: (_, path) => ({ method: "POST", path: `${path}/images`, png: randomPng(context.random) }),
    expected: 201,
  });
}
