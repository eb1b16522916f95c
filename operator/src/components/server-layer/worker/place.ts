import type { Place } from "../../kit/place.ts";

export const PLACE = { name: "worker", layer: "server-layer" } as const satisfies Place;

export const PORTS = { http: 8081, metrics: 9091 } as const;
