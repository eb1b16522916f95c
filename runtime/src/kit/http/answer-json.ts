import type { ServerResponse } from "node:http";

/** Answers with a value as JSON. */
export function answerJson(response: ServerResponse, value: unknown): void {
  answerJsonText(response, JSON.stringify(value));
}

/**
 * Answers with what is JSON already, under the status and the headers that the response has. express' `json` looks up
 * what stands fixed here: the type, its charset, and whether an answer without a validator is still fresh.
 */
export function answerJsonText(response: ServerResponse, text: string): void {
  response.setHeader("Content-Type", "application/json; charset=utf-8");
  response.setHeader("Content-Length", Buffer.byteLength(text));
  response.end(text);
}
