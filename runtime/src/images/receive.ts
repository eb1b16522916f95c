import type { IncomingMessage } from "node:http";
import type { Request } from "express";
import { Problem } from "../kit/http/problem.ts";
import { FileCollector, tooLarge, type UploadedFile } from "./body.ts";
import type { Budget } from "./budget.ts";
import { formOverhead, readForm } from "./multipart.ts";

export interface ReceiveLimits {
  /** Bytes that a file may have. */
  readonly maximum: number;
  /** Of all uploads together. It is taken as bytes arrive, so that nobody takes any by announcing them. */
  readonly budget: Budget;
}

/** The client went away before its request was whole. */
export class AbortedUploadError extends Error {
  override readonly name = "AbortedUploadError";
}

const accepted = ["image/*", "application/octet-stream", "multipart/form-data"];

/**
 * Reads an uploaded file: the body itself, or the field `image` of a form. What type the sender says it has only
 * decides between these two.
 *
 * @throws Problem when it is too large, or not sent in one of these ways; AbortedUploadError
 */
export async function receiveFile(request: Request, { maximum, budget }: ReceiveLimits): Promise<UploadedFile> {
  const type = request.is(accepted);
  // With no body at all there is no type to be wrong: an empty file is refused for being empty.
  if (type === false || (type === null && request.get("content-type") === undefined)) throw unsupported();
  if ((request.get("content-encoding") ?? "identity") !== "identity") throw unsupported();
  const isForm = type === "multipart/form-data";
  const announced = Number(request.get("content-length") ?? 0);
  if (announced > maximum + (isForm ? formOverhead : 0)) throw tooLarge(maximum);
  const collector = new FileCollector(maximum, budget, announced);
  try {
    const chunks = chunksOf(request);
    if (isForm) await readForm(request.headers, chunks, collector);
    else for await (const chunk of chunks) collector.add(chunk);
    return collector.finish();
  } catch (thrown) {
    collector.release();
    // What still arrives is thrown away: an answer is read only by a client that has got rid of its request.
    request.resume();
    throw thrown;
  }
}

async function* chunksOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    // Without the option, leaving the loop would end the connection before it has been answered.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } catch (cause) {
    throw new AbortedUploadError("the client went away before its image had arrived", { cause });
  }
}

function unsupported(): Problem {
  const detail =
    "Send the image as the body, with its type as Content-Type, or as the file named image of a multipart/form-data form; not compressed.";
  return new Problem("unsupported-media-type", detail);
}
