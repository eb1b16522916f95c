import { startTasks } from "../../e2e/support/task-traffic.ts";
import type { ServiceScenario } from "./scenario.ts";

/** For tasks to end once RabbitMQ is whole: what was on its way to a worker comes again, with pauses. */
const PATIENCE_MS = 60_000;

export const rabbitmqLeaderKilled: ServiceScenario = {
  name: "rabbitmq-leader-killed",
  what: "the pod of the RabbitMQ that leads the queue of tasks is deleted with no time to end, while tasks are published",
  limits: { medianGapMs: 5000, redundancyMs: 60_000 },
  write: async (api) => {
    const tasks = await startTasks(api);
    return {
      stop: async () => {
        const { acknowledgedAt, wrong, unfinished } = await tasks.stop(PATIENCE_MS);
        return { acknowledgedAt, wrong: [...wrong, ...unfinished.map((task) => `not carried out: task ${task}`)] };
      },
    };
  },
  strike: async ({ rabbitmq }) => {
    await rabbitmq.pods.kill(await rabbitmq.pods.named(await rabbitmq.untilCopied()));
  },
  whole: async ({ rabbitmq }) => {
    await rabbitmq.pods.untilReady(3);
    await rabbitmq.untilCopied();
  },
};
