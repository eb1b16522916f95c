import type { Place } from "../../kit/place.ts";

export const PLACE = { name: "postgresql-backup", layer: "data-layer" } as const satisfies Place;
