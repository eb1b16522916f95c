import { rabbitmqLeaderKilled } from "./rabbitmq-leader-killed.ts";
import { redisMasterKilled } from "./redis-master-killed.ts";
import type { ServiceScenario } from "./scenario.ts";

export const SERVICE_SCENARIOS: readonly ServiceScenario[] = [redisMasterKilled, rabbitmqLeaderKilled];
