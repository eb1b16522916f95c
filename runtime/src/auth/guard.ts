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
  for (const [path, group] of Map.groupBy(operations, (operation) => operation.path)) {
    const route = router.route(path.replaceAll(/\{(\w+)\}/g, ":$1"));
    for (const { method, access } of group) {
      const role = roleFor(method, path, access);
      if (role !== undefined) route[method](asks(role));
    }
    // Express answers OPTIONS by itself where a route does not.
    route.all(pass);
  }
  return router;
}

function roleFor(method: string, path: string, access: Guarded["access"]): Role | undefined {
  if ((access === "anyone") === path.startsWith(`${guarded}/`)) {
    const rule = `a token is asked for under ${guarded}, and nowhere else`;
    throw new Error(`${method} ${path} cannot be for ${access}: ${rule}`);
  }
  return access === "anyone" ? undefined : access;
}

const pass: RequestHandler = (_request, _response, next) => next();

function asks(role: Role): RequestHandler {
  return (request, _response, next) => {
    requireRole(request, role);
    next();
  };
}
