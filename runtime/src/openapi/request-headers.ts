import { z } from "zod";
import { idempotencyKey, keyHeader } from "../idempotency/key.ts";

/** Whatever it is, no request is refused for it: so it has no pattern. */
const requestId = z.string().optional().meta({
  description:
    "Names the request in logs, and comes back with the answer: up to 128 letters, digits and `._:-`. Another one is made if this is none.",
});

const traceparent = z.string().optional().meta({
  description:
    "The trace that the request belongs to, as W3C Trace Context has it; `tracestate` may stand beside it. What is no trace is ignored.",
});

/** Headers of any request. */
export const requestHeaders = z.object({ "X-Request-Id": requestId, traceparent });

/** Headers of a request that is to take effect once, however often it is sent. */
export const keyedHeaders = requestHeaders.extend({
  [keyHeader]: idempotencyKey.optional().meta({
    description:
      "The same key with the same request gets the answer of the first time, and changes nothing, for 24 hours. 1 to 255 visible ASCII characters.",
  }),
});

/** Headers of a change that may require the version that it is made to. */
export const conditionalHeaders = requestHeaders.extend({
  "If-Match": z
    .string()
    .regex(/^(?:\*|"[0-9]{1,9}")$/)
    .optional()
    .meta({ description: "The `ETag` of the version that is to be changed: another one is left as it is." }),
});

/** Headers of a read that is not to be answered again with what the client has. */
export const rereadHeaders = requestHeaders.extend({
  "If-None-Match": z.string().optional().meta({ description: "The `ETag` of the version that the client has." }),
});
