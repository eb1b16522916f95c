import type { Request, Response } from "express";
import { identityOf } from "../auth/identity.ts";
import { answerJsonText } from "../kit/http/answer-json.ts";
import { bytesOf } from "../kit/http/body.ts";
import type { Transaction } from "../shards/databases.ts";
import { fingerprint } from "./fingerprint.ts";
import type { Idempotency } from "./idempotency.ts";
import { keyOf, replayedHeader } from "./key.ts";
import type { KeyedRequest } from "./records.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body: unknown;
}

/**
 * Carries out a request and answers it; one that comes again with the same `Idempotency-Key` is answered as before.
 *
 * @param effect makes the effect with what it is given, and tells the answer
 */
export async function answerOnce(
  idempotency: Pick<Idempotency, "once">,
  request: Request,
  response: Response,
  effect: (transaction: Transaction) => Promise<Answer>,
): Promise<void> {
  const { status, headers, body, replayed } = await idempotency.once(keyedRequest(request), async (transaction) => {
    const answer = await effect(transaction);
    return { ...answer, body: JSON.stringify(answer.body) };
  });
  response.statusCode = status;
  if (replayed) response.setHeader(replayedHeader, "true");
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  answerJsonText(response, body);
}

function keyedRequest(request: Request): KeyedRequest | undefined {
  const key = keyOf(request);
  if (key === undefined) return undefined;
  const { subject } = identityOf(request);
  return { subject, key, fingerprint: fingerprint(request.method, request.path, bytesOf(request)) };
}
