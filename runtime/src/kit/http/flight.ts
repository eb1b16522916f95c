import type { Request } from "express";

const flights = new WeakMap<Request, () => void>();

/** @param leave called once, when the request is no longer in flight */
export function noteFlight(request: Request, leave: () => void): void {
  flights.set(request, leave);
}

/**
 * Has a request no longer count as in flight, though it is not answered yet: it waits for its client, or in a queue that
 * has bounds of its own, and would only keep others out.
 */
export function leaveFlight(request: Request): void {
  flights.get(request)?.();
  flights.delete(request);
}
