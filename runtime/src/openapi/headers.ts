/** Headers of answers. */
export const responseHeaders = {
  Allow: { description: "The methods that the resource supports.", schema: { type: "string" } },
  "Accept-Ranges": { description: "`bytes`: parts can be asked for.", schema: { type: "string", const: "bytes" } },
  "Cache-Control": { description: "For how long the answer may be kept, and by whom.", schema: { type: "string" } },
  "Content-Range": {
    description: "Which part this is, and of how many bytes, such as `bytes 0-99/1234`.",
    schema: { type: "string" },
  },
  ETag: {
    description: 'The version of the profile, such as `"3"`, for `If-Match`; or what names the bytes of an image.',
    schema: { type: "string" },
  },
  "Idempotency-Replayed": {
    description: "`true` when this is the answer to an earlier request with the same `Idempotency-Key`.",
    schema: { type: "string", const: "true" },
  },
  Location: { description: "Where the new resource is.", schema: { type: "string", format: "uri-reference" } },
  RateLimit: {
    description:
      'What is left of the budget that the request came from: `r` requests, and `t` seconds until it is full again, such as `"reads";r=4999;t=1`.',
    schema: { type: "string" },
  },
  "RateLimit-Policy": {
    description:
      'The budget that the request came from: `q` requests within `w` seconds, such as `"reads";q=5000;w=10`.',
    schema: { type: "string" },
  },
  "Retry-After": { description: "Seconds to wait before trying again.", schema: { type: "integer", minimum: 0 } },
  "WWW-Authenticate": {
    description: "How to authenticate, and what was wrong with the token, as RFC 6750 has it.",
    schema: { type: "string" },
  },
  "X-Request-Id": { description: "Names this request in logs.", schema: { type: "string" } },
} as const;

export type HeaderName = keyof typeof responseHeaders;

/** What tells a client how many more requests it may send. */
export const budgetHeaders: readonly HeaderName[] = ["RateLimit-Policy", "RateLimit"];
