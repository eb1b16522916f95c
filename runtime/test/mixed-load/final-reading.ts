import { setTimeout as sleep } from "node:timers/promises";
import { profileOf, profilesPath, type ShownImage } from "./api.ts";
import type { Reply, Sending } from "./connections.ts";
import type { Context } from "./context.ts";
import { inTurns } from "./in-turns.ts";
import { sendCreation } from "./operations/create.ts";
import { sendTask } from "./operations/delay.ts";
import { sendTaskRead } from "./operations/read-task.ts";
import { at } from "./oracle/moment.ts";
import type { ProfileHistory } from "./oracle/profile-history.ts";
import type { AcknowledgedTask, TaskHistory } from "./oracle/task-history.ts";

/** What was read at the end. */
export interface FinalReading {
  readonly profiles: number;
  readonly tasks: number;
  readonly images: number;
}

const atOnce = 4;
const pause = 250;

/**
 * Reads everything that was acknowledged once more: each profile at each address, each task once it has ended, each
 * image in all its sizes.
 *
 * @throws Error when the platform does not answer, or tasks have not ended, within `withinMs`
 */
export async function readEverything(context: Context, withinMs: number): Promise<FinalReading> {
  const deadline = context.now() + withinMs;
  const late = (): boolean => context.now() > deadline;
  await settleUnanswered(context, late);
  await awaitTasks(context, late);
  const images: ImageOfProfile[] = [];
  const { population, targets, connections } = context;
  const subjects = population.all;
  for (const url of connections.urls) {
    await inTurns(subjects, atOnce, async ({ history }) => {
      images.push(...(await readProfile(context, history, url, late)));
    });
    for (const history of targets) await concludeTasks(context, history, url, late);
  }
  await inTurns(unique(images), atOnce, (image) => readImage(context, image, late));
  const tasks = targets.reduce((sum, { acknowledgedTasks }) => sum + acknowledgedTasks.length, 0);
  return { profiles: subjects.length + targets.length, tasks, images: unique(images).length };
}

/** Sends again what was not answered, until it is: with its key it has taken effect once then. */
async function settleUnanswered(context: Context, late: () => boolean): Promise<void> {
  while (context.creations.length + context.tasks.length > 0 && !late()) {
    const [creation, task] = [context.creations.shift(), context.tasks.shift()];
    const sent = [
      creation === undefined ? undefined : await sendCreation(context, creation),
      task === undefined ? undefined : await sendTask(context, task),
    ];
    if (sent.some((one) => one?.outcome === "failed")) await sleep(pause);
  }
  const left = context.creations.length + context.tasks.length;
  if (left > 0)
    throw new Error(`${left} writes that were not answered are not answered when they are sent again either`);
}

async function awaitTasks(context: Context, late: () => boolean): Promise<void> {
  const readAll = (tasksOf: (history: TaskHistory) => readonly AcknowledgedTask[]) =>
    inTurns(
      context.targets.flatMap((history) => tasksOf(history).map((task) => ({ history, task }))),
      atOnce,
      async ({ history, task }) => {
        for (;;) {
          const { outcome } = await sendTaskRead(context, history, task);
          if (outcome === "succeeded" || late()) return;
          await sleep(pause);
        }
      },
    );
  while (context.targets.some(({ unended }) => unended.length > 0) && !late()) {
    await readAll(({ unended }) => unended);
    await sleep(pause);
  }
  await readAll(({ acknowledgedTasks }) => acknowledgedTasks);
}

interface ImageOfProfile extends ShownImage {
  readonly profile: string;
}

async function readProfile(
  context: Context,
  history: ProfileHistory,
  url: string,
  late: () => boolean,
): Promise<readonly ImageOfProfile[]> {
  const reply = await answered(context, { method: "GET", path: `${profilesPath}/${history.id}` }, url, late);
  if (reply.status === 404) {
    history.read("gone", reply, true);
    return [];
  }
  const { shown, images } = profileOf(reply);
  history.read(shown, reply, true);
  return images.map((image) => ({ ...image, profile: history.id }));
}

async function concludeTasks(context: Context, history: TaskHistory, url: string, late: () => boolean): Promise<void> {
  const reply = await answered(context, { method: "GET", path: `${profilesPath}/${history.id}` }, url, late);
  history.conclude(reply.status === 404 ? "gone" : profileOf(reply).shown, reply);
}

async function readImage(
  context: Context,
  { profile, hash, sizes }: ImageOfProfile,
  late: () => boolean,
): Promise<void> {
  const { ledger } = context;
  for (const [name, bytes] of Object.entries(sizes)) {
    const reply = await answered(context, { method: "GET", path: `/images/${hash}/${name}.webp` }, undefined, late);
    ledger.check();
    if (reply.status === 200 && reply.length === bytes) continue;
    const got = `status ${reply.status} with ${reply.length} bytes instead of ${bytes}`;
    const read = `a read of its ${name} at ${reply.from}, answered ${at(reply.answeredAt)}, showed ${got}`;
    ledger.find({ kind: "lost-write", profile, write: `image ${hash}`, read });
  }
}

/** Sends a read until it is answered with what is there, or that nothing is. */
async function answered(
  { connections }: Context,
  sending: Sending,
  url: string | undefined,
  late: () => boolean,
): Promise<Reply> {
  for (;;) {
    const reply = await connections.send(sending, url);
    if (reply.status === 200 || reply.status === 404) return reply;
    if (late()) throw new Error(`${reply.from} answers a read at the end with ${reply.status ?? "nothing"}`);
    await sleep(pause);
  }
}

function unique(images: readonly ImageOfProfile[]): readonly ImageOfProfile[] {
  return [...new Map(images.map((image) => [image.hash, image])).values()];
}
