import type { Place } from "../../kit/place.ts";

export const PLACE = { name: "migrations", layer: "server-layer" } as const satisfies Place;
