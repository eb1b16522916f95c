import { z } from "zod";
import { duration, integer } from "../kit/config.ts";

const originList = "origins with commas between them, such as https://app.example.org,http://localhost:3000";

/** An origin as browsers write it: no path, no slash at the end, no port that goes without saying. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

/** What the server's stream of events reads. */
export const eventVariables = {
  /** For how long an event is kept for clients that were away. */
  EVENT_RETENTION: duration("1h", 1_000),
  /** Connections that a server may have at once. */
  EVENT_CONNECTIONS: integer(1_000, 1, 100_000),
  /** Of pages that may connect; absent for all. */
  EVENT_ALLOWED_ORIGINS: z
    .string()
    .transform((text) => text.split(",").map((origin) => origin.trim()))
    .refine((origins) => origins.every(isOrigin), { error: () => originList })
    .optional(),
};
