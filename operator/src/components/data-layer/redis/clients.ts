import { serviceHost } from "../../../names.ts";
import type { Connection } from "../../component.ts";
import type { PlatformModel } from "../../model.ts";
import { GROUP_NAME, hasSentinels, memberHosts, PLACE, PORTS } from "./place.ts";

/** Variables by which a service finds Redis, or the Sentinels that know where the master is. */
export function redisVariables(model: PlatformModel): Record<string, string> {
  if (!hasSentinels(model)) {
    return { REDIS_ADDRESS: `${serviceHost(PLACE.name, model.namespaces[PLACE.layer])}:${PORTS.redis}` };
  }
  return {
    REDIS_SENTINELS: memberHosts(model)
      .map((host) => `${host}:${PORTS.sentinel}`)
      .join(","),
    REDIS_SENTINEL_NAME: GROUP_NAME,
  };
}

/** What a client of Redis talks to. */
export function redisConnections(model: PlatformModel): readonly Connection[] {
  const redis: Connection = { to: "redis", port: "redis" };
  return hasSentinels(model) ? [redis, { to: "redis", port: "sentinel" }] : [redis];
}
