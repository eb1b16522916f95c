import type { Kubectl } from "../../e2e/support/kubectl.ts";
import { RabbitmqNodes } from "../../e2e/support/rabbitmq-nodes.ts";
import { RedisMembers } from "../../e2e/support/redis-members.ts";
import { CHAOS_PLATFORM, NAMESPACE } from "../platform.ts";

/** Where the scenarios of Redis and RabbitMQ take place. */
export interface ServiceField {
  readonly kubectl: Kubectl;
  readonly redis: RedisMembers;
  readonly rabbitmq: RabbitmqNodes;
}

export function openServices(kubectl: Kubectl): ServiceField {
  return {
    kubectl,
    redis: new RedisMembers(kubectl, CHAOS_PLATFORM, NAMESPACE),
    rabbitmq: new RabbitmqNodes(kubectl, CHAOS_PLATFORM, NAMESPACE),
  };
}
