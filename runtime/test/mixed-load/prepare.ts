import { profileOf, profilesPath } from "./api.ts";
import type { Connections } from "./connections.ts";
import type { Context } from "./context.ts";
import { Samples } from "./figures/samples.ts";
import { create } from "./operations/create.ts";
import { Ledger } from "./oracle/ledger.ts";
import { TaskHistory } from "./oracle/task-history.ts";
import { Population } from "./population.ts";

/** With those of tasks a few less than the cache keeps by default, so that there is room for what is read now and then. */
const profilesInUse = 6;
const profilesOfTasks = 2;

/** Creates the profiles that the load begins with. Throws when the platform does not answer as it should. */
export async function prepare(
  connections: Connections,
  { random, now }: Pick<Context, "random" | "now">,
): Promise<Context> {
  const ledger = new Ledger();
  const run = crypto.randomUUID().slice(0, 8);
  let texts = 0;
  const newText = (): string => `load-${run}-${(texts += 1)}`;
  const targets: TaskHistory[] = [];
  for (let index = 0; index < profilesOfTasks; index += 1) {
    const text = newText();
    const json = { name: text, email: `${text}@example.com`, bio: text };
    const reply = await connections.send({ method: "POST", path: profilesPath, json });
    if (reply.status !== 201)
      throw new Error(`${reply.from} answers the first creation with ${reply.status ?? "nothing"}`);
    targets.push(new TaskHistory(profileOf(reply).id, text, ledger));
  }
  const context: Context = {
    connections,
    ledger,
    samples: new Samples(),
    population: new Population(profilesInUse, random),
    targets,
    creations: [],
    tasks: [],
    newText,
    random,
    now,
  };
  for (let index = 0; index < profilesInUse; index += 1) await create({ ...context, samples: new Samples() }, now());
  if (context.population.inUse === 0) throw new Error("no profile could be created to begin with");
  return context;
}
