import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import express, { type Request, type RequestHandler } from "express";
import { depthOf } from "../text.ts";
import { notUtf8 } from "./body-errors.ts";
import { Problem } from "./problem.ts";
import { refuseRepeatedNames } from "./repeated-names.ts";

/** Levels. What reads, checks and writes a value goes down level by level, and ends the stack where there is no bottom. */
const deepest = 64;

const bytes = new WeakMap<IncomingMessage, Buffer>();

const requireJson: RequestHandler = (request, _response, next) => {
  if (request.is("application/json") === false || request.get("content-type") === undefined) {
    throw new Problem("unsupported-media-type", "Send the body as application/json.");
  }
  next();
};

const refuseDeep: RequestHandler = (request, _response, next) => {
  if (depthOf(request.body) > deepest) {
    const errors = [{ pointer: "#", detail: `is nested deeper than ${deepest} levels` }];
    throw new Problem("validation-failed", "Flatten the body and send the request again.", { errors });
  }
  next();
};

const refuseRepeated: RequestHandler = (request, _response, next) => {
  refuseRepeatedNames(bytesOf(request), request.body);
  next();
};

/** Reads a JSON body of at most `limit` bytes into `request.body`. */
export function jsonBody(limit: number): readonly RequestHandler[] {
  return [requireJson, express.json({ limit, strict: true, verify: takeBytes }), refuseDeep, refuseRepeated];
}

function takeBytes(request: IncomingMessage, _response: unknown, body: Buffer, charset: string): void {
  // body-parser takes every charset whose name begins with "utf-". Decoded by the wrong one, or where it is no character,
  // text would become another one, and be stored as if somebody had meant it.
  if (charset !== "utf-8") throw new Problem("unsupported-media-type", notUtf8);
  if (!isUtf8(body)) throw new Problem("bad-request", "The body is not valid UTF-8.");
  bytes.set(request, body);
}

/** Notes what stands for the body of a request that is read otherwise: the same bytes for the same content. */
export function noteBytes(request: Request, of: Buffer): void {
  bytes.set(request, of);
}

/** The bytes of a body that `jsonBody` has read, uncompressed. */
export function bytesOf(request: Request): Buffer {
  return bytes.get(request) ?? Buffer.alloc(0);
}
