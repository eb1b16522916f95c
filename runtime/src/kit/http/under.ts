import type { RequestHandler } from "express";

/**
 * Has a handler see what is under one of these paths, and nothing else: which paths that are, and how they may be
 * written, is as where express mounts a handler. But for a mount express writes a request's address anew, reads that,
 * and writes it back, which each request pays for as often as there are mounts.
 */
export function under(paths: readonly string[], handler: RequestHandler): RequestHandler {
  const isUnder = new RegExp(`^(?:${paths.map((path) => path.replaceAll(".", "\\.")).join("|")})(?:/|$)`, "i");
  return (request, response, next) => (isUnder.test(request.path) ? handler(request, response, next) : next());
}
