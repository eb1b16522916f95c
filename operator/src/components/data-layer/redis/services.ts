import type { KubernetesObject } from "../../../kubernetes.ts";
import { selectorLabels } from "../../../labels.ts";
import { membersService, service } from "../../kit/service.ts";
import type { PlatformModel } from "../../model.ts";
import { hasSentinels, memberNames, PLACE, PORTS } from "./place.ts";

const REDIS_PORT = { redis: PORTS.redis };

/**
 * One pod is found by the name of the component. Of several, that name leads to the Sentinels alone, which say where
 * the master is: no name leads to a replica by chance.
 */
export function services(model: PlatformModel): readonly KubernetesObject[] {
  if (!hasSentinels(model)) {
    return [service(model, PLACE, { ports: REDIS_PORT }), membersService(model, PLACE, REDIS_PORT)];
  }
  return [
    service(model, PLACE, { ports: { sentinel: PORTS.sentinel } }),
    membersService(model, PLACE, REDIS_PORT),
    ...memberNames(model).map((name) => memberService(model, name)),
  ];
}

/**
 * Gives a member an address that stays when its pod gets another one. Sentinel keeps addresses: by names, it would
 * resolve them while it decides, and it cannot go on where the name of a lost pod has no address any more
 * (redis/redis#11241, #12753).
 */
function memberService(model: PlatformModel, name: string): KubernetesObject {
  return service(model, PLACE, {
    name,
    ports: PORTS,
    spec: {
      selector: { ...selectorLabels(model.name, PLACE.name), "statefulset.kubernetes.io/pod-name": name },
      // A replica has to find its master, and Sentinels each other, before any of them is ready.
      publishNotReadyAddresses: true,
    },
  });
}
