import { serviceHost } from "../../../names.ts";
import type { Place } from "../../kit/place.ts";
import type { PlatformModel } from "../../model.ts";

export const PLACE = { name: "redis", layer: "data-layer" } as const satisfies Place;

export const PORTS = { redis: 6379, sentinel: 26379 } as const;

export const CONFIG_DIRECTORY = "/etc/redis";
export const DATA_DIRECTORY = "/data";

/** What Sentinels, and clients that ask them, call the master and its replicas. */
export const GROUP_NAME = "redis";

/** With one pod there is nothing to decide, and no Sentinel. */
export function hasSentinels({ redis }: PlatformModel): boolean {
  return redis.replicas > 1;
}

/** Name of each pod, and of the Service that leads to it alone. */
export function memberNames({ redis }: PlatformModel): readonly string[] {
  return Array.from({ length: redis.replicas }, (_, ordinal) => `${PLACE.name}-${ordinal}`);
}

/** Host of each member's Service. */
export function memberHosts(model: PlatformModel): readonly string[] {
  return memberNames(model).map((name) => serviceHost(name, model.namespaces[PLACE.layer]));
}
