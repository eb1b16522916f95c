import { type RequestHandler, Router } from "express";
import type { Operation } from "../openapi/operation.ts";
import { requireRole } from "./require-role.ts";
import type { Role } from "./roles.ts";

/** Where a token is needed, whether there is something or not. */
const guarded = "/api/v1";

type Guarded = Pick<Operation, "method" | "path" | "access">;

/**
 * Stands in front of all routes: asks for a token under /api/v1, and for each operation there for its role. It finds
 * operations with the router that finds their handlers, so that no way of writing a path leads past it.
 *
 * @throws Error when an operation under /api/v1 is for anyone, or another one is not
 */
export function guardRoutes(operations: readonly Guarded[], authenticate: RequestHandler): Router {
  const router = Router();
  router.use(guarded, authenticate);
  for (const { method, path, access } of operations) {
    if ((access === "anyone") === path.startsWith(`${guarded}/`)) {
      throw new Error(
        `${method} ${path} cannot be for ${access}: a token is asked for under ${guarded}, and nowhere else`,
      );
    }
    if (access === "anyone") continue;
    router.route(path.replaceAll(/\{(\w+)\}/g, ":$1"))[method](asks(access));
  }
  return router;
}

function asks(role: Role): RequestHandler {
  return (request, _response, next) => {
    requireRole(request, role);
    next();
  };
}
