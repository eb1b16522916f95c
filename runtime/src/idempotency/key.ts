import type { Request } from "express";
import { z } from "zod";
import { Problem } from "../kit/http/problem.ts";

export const keyHeader = "Idempotency-Key";
export const replayedHeader = "Idempotency-Replayed";

export const idempotencyKey = z.string().regex(/^[\x21-\x7e]{1,255}$/);

/**
 * The key that the client gave its request, if it gave one.
 *
 * @throws Problem when it is no key
 */
export function keyOf(request: Request): string | undefined {
  const given = request.get(keyHeader);
  if (given === undefined || idempotencyKey.safeParse(given).success) return given;
  const errors = [{ pointer: keyHeader, detail: "must be 1 to 255 visible ASCII characters, such as a UUID" }];
  throw new Problem("validation-failed", `Correct the ${keyHeader} header and send the request again.`, { errors });
}
