import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { errorCode } from "../errors.ts";
import { Problem } from "./problem.ts";

/**
 * Answers what Node.js could not read as a request, and so no handler ever sees, and ends the connection.
 *
 * @param limit bytes that headers may have together
 */
export function answerUnreadable(err: Error, socket: Duplex, limit: number): void {
  const code = errorCode(err);
  if (code === "ECONNRESET" || !socket.writable) return;
  // Nothing was asked, or not in time: there is nobody to be told what is wrong with it.
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return void socket.end(head(408, ["Content-Length: 0"]));
  const { details } =
    code === "HPE_HEADER_OVERFLOW"
      ? new Problem(
          "headers-too-large",
          `The headers have more than ${limit} bytes: send a shorter token, or less beside it.`,
        )
      : new Problem(
          "bad-request",
          "The request is not HTTP/1.1 as RFC 9112 has it, such as a header with control characters.",
        );
  const body = JSON.stringify(details);
  const fields = [
    "Content-Type: application/problem+json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${randomUUID()}`,
  ];
  socket.end(head(details.status, fields) + body);
}

function head(status: number, fields: readonly string[]): string {
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...fields, "Connection: close", "", ""].join("\r\n");
}
