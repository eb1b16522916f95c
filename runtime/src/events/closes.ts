/**
 * The one table of why a server ends a connection. Codes and names are a contract with clients: never reused, never
 * renamed. A reason has at most 123 bytes.
 */
export const closes = {
  restart: { code: 1012, reason: "restart: the server stops; connect again, with the cursor you have" },
  "too-many-messages": { code: 1008, reason: "too-many-messages: send less than 20 messages in 10 seconds" },
  "slow-reader": { code: 1013, reason: "slow-reader: read faster; connect again, with the cursor you have" },
  failed: { code: 1011, reason: "failed: the server failed; connect again, with the cursor you have" },
  "token-expired": { code: 4401, reason: "token-expired: connect with a new token, and the cursor you have" },
  "token-refused": { code: 4403, reason: "token-refused: the token is not accepted any more; get another one" },
  "not-subscribed": { code: 4408, reason: "not-subscribed: subscribe within 10 seconds" },
} as const satisfies Readonly<Record<string, { readonly code: number; readonly reason: string }>>;

export type CloseName = keyof typeof closes;

/** How connections end: by the server for one of its reasons, by what the client did, or by nobody. */
export const endings = [
  ...(Object.keys(closes) as readonly CloseName[]),
  "client",
  "message-too-large",
  "protocol-error",
  "silent",
  "lost",
] as const;
export type Ending = (typeof endings)[number];
