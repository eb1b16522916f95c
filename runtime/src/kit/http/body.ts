import express, { type RequestHandler } from "express";
import { Problem } from "./problem.ts";

const requireJson: RequestHandler = (request, _response, next) => {
  if (request.is("application/json") === false || request.get("content-type") === undefined) {
    throw new Problem("unsupported-media-type", "Send the body as application/json.");
  }
  next();
};

/** Reads a JSON body of at most `limit` bytes into `request.body`. */
export function jsonBody(limit: number): readonly RequestHandler[] {
  return [requireJson, express.json({ limit, strict: true })];
}
