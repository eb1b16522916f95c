import type { Place } from "../../kit/place.ts";

export const PLACE = { name: "redis", layer: "data-layer" } as const satisfies Place;

export const PORTS = { redis: 6379 } as const;

export const CONFIG_DIRECTORY = "/etc/redis";
export const DATA_DIRECTORY = "/data";
