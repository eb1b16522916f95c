import type { KubernetesObject } from "../kubernetes.ts";
import { ApiError } from "./api-error.ts";

export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  readonly object: KubernetesObject;
}

/** A line of a watch is no event: what follows it cannot be trusted either. */
export class MalformedEventError extends Error {
  override readonly name = "MalformedEventError";
}

const NEWLINE = 0x0a;
const EVENT_TYPES = new Set(["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]);

/**
 * The events of a watch's bytes. Throws MalformedEventError for a line that is none and for a last line that is cut
 * off, and ApiError for an ERROR event.
 */
export async function* watchEvents(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<WatchEvent> {
  for await (const line of lines(bytes)) {
    yield parseEvent(line);
  }
}

// Split as bytes: a character may be cut in two between chunks, a line feed byte is never part of another character.
async function* lines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let pending: Uint8Array[] = [];
  for await (const chunk of bytes) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      pending.push(chunk.subarray(start, end));
      yield Buffer.concat(pending).toString("utf8");
      pending = [];
      start = end + 1;
    }
    if (start < chunk.length) {
      pending.push(chunk.subarray(start));
    }
  }
  if (pending.length > 0) {
    throw new MalformedEventError("the watch ended in the middle of an event");
  }
}

interface Frame {
  readonly type?: string;
  readonly object?: KubernetesObject & { readonly code?: number; readonly reason?: string; readonly message?: string };
}

function parseEvent(line: string): WatchEvent {
  const { type, object } = parseFrame(line);
  if (type === "ERROR") {
    throw new ApiError({
      status: object?.code ?? 0,
      reason: object?.reason ?? "",
      message: `the API server ended the watch: ${object?.message ?? "it gave no reason"}`,
    });
  }
  if (type === undefined || !EVENT_TYPES.has(type) || typeof object?.metadata?.resourceVersion !== "string") {
    throw new MalformedEventError(`a watch event of the type ${JSON.stringify(type)} has no usable object`);
  }
  return { type: type as WatchEvent["type"], object };
}

function parseFrame(line: string): Frame {
  try {
    const frame: unknown = JSON.parse(line);
    return typeof frame === "object" && frame !== null ? frame : {};
  } catch {
    // The parser's own message quotes the line, and the line may be a Secret.
    throw new MalformedEventError(`a line of ${line.length} characters in a watch is no JSON`);
  }
}
