import { type RequestHandler, Router } from "express";
import { under } from "../kit/http/under.ts";
import type { RequestLimits } from "../limits/request-limits.ts";
import type { Operation } from "../openapi/operation.ts";
import { requireRole } from "./require-role.ts";
import type { Role } from "./roles.ts";

/** Where a token is needed, whether there is something or not: for requests, and for WebSockets. */
const guarded = { requests: "/api/v1", sockets: "/ws" };

type Guarded = Pick<Operation, "method" | "path" | "access">;

/**
 * Stands in front of all routes: asks for a token under /api/v1 and at /ws, and for each operation there for its role.
 * It finds operations with the router that finds their handlers, so that no way of writing a path leads past it.
 *
 * @param authenticateSocket the same for WebSockets, whose tokens may be elsewhere
 * @param limits refuses what is too much: before a token is checked, and of what needs none
 * @throws Error when an operation there is for anyone, or another one is not
 */
export function guardRoutes(
  operations: readonly Guarded[],
  authenticate: RequestHandler,
  authenticateSocket: RequestHandler = authenticate,
  limits?: Pick<RequestLimits, "beforeToken" | "withoutToken">,
): Router {
  const router = Router();
  if (limits !== undefined) router.use(under(Object.values(guarded), limits.beforeToken));
  router.use(under([guarded.requests], authenticate));
  router.use(under([guarded.sockets], authenticateSocket));
  if (limits !== undefined) router.use(limits.withoutToken);
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
  const isGuarded = path.startsWith(`${guarded.requests}/`) || path === guarded.sockets;
  if ((access === "anyone") === isGuarded) {
    const rule = `a token is asked for under ${guarded.requests} and at ${guarded.sockets}, and nowhere else`;
    throw new Error(`${method} ${path} cannot be for ${access}: ${rule}`);
  }
  return access === "anyone" ? undefined : access;
}

/** No other operation has that path. */
const pass: RequestHandler = (_request, _response, next) => next("router");

function asks(role: Role): RequestHandler {
  return (request, _response, next) => {
    requireRole(request, role);
    next();
  };
}
