import type { Place } from "../../kit/place.ts";

export const PLACE = { name: "server", layer: "server-layer" } as const satisfies Place;

export const PORTS = { http: 8080, metrics: 9090 } as const;
