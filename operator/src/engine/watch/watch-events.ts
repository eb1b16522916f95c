import type { KubernetesObject } from "../../kubernetes.ts";
import { ApiError } from "../client/api-error.ts";
import { cutManagedFields } from "./cut-managed-fields.ts";

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

/** Finds the events in the bytes of a watch, of objects without managedFields. Its errors are those of `watchEvents`. */
export class WatchParser {
  /** Pieces of a line whose end has not come. */
  #pending: Uint8Array[] | undefined;

  /** Calls `onEvent` with each event that is whole with this chunk. */
  take(chunk: Uint8Array, onEvent: (event: WatchEvent) => void): void {
    let start = 0;
    // Split as bytes: a character may be cut in two between chunks, a line feed byte is never part of another character.
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...(this.#pending ?? []), chunk.subarray(start, end)]);
      this.#pending = undefined;
      start = end + 1;
      onEvent(parseEvent(line.toString("utf8")));
    }
    if (start < chunk.length) {
      this.#pending ??= [];
      this.#pending.push(chunk.subarray(start));
    }
  }

  /** The bytes have come to their end. */
  end(): void {
    if (this.#pending !== undefined) throw new MalformedEventError("the watch ended in the middle of an event");
  }
}

/**
 * The events of a watch's bytes. Throws MalformedEventError for a line that is none and for a last line that is cut
 * off, and ApiError for an ERROR event.
 */
export async function* watchEvents(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<WatchEvent> {
  const parser = new WatchParser();
  for await (const chunk of bytes) {
    const events: WatchEvent[] = [];
    let failure: { readonly error: unknown } | undefined;
    try {
      parser.take(chunk, (event) => events.push(event));
    } catch (error) {
      // What came before it counts.
      failure = { error };
    }
    yield* events;
    if (failure !== undefined) throw failure.error;
  }
  parser.end();
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
    const frame: unknown = JSON.parse(cutManagedFields(line));
    return typeof frame === "object" && frame !== null ? frame : {};
  } catch {
    // The parser's own message quotes the line, and the line may be a Secret.
    throw new MalformedEventError(`a line of ${line.length} characters in a watch is no JSON`);
  }
}
