import type { Express } from "express";
import type { Registry } from "prom-client";
import type { Logger } from "../log.ts";
import { plainApp } from "./app.ts";
import { allowOnly, answerErrors, notFound } from "./errors.ts";
import { observeRequests, quieten } from "./request.ts";

export interface MetricsAppOptions {
  readonly log: Logger;
  readonly registry: Registry;
}

/**
 * `/metrics` for Prometheus, and nothing else. It is for a port of its own: what a service counts tells who uses it for
 * what, and is no business of those who may reach the service itself.
 */
export function createMetricsApp({ log, registry }: MetricsAppOptions): Express {
  const app = plainApp();
  // Scrapes are no requests of the service, and are not counted as such.
  app.use(observeRequests(log));
  app
    .route("/metrics")
    .get(async (request, response) => {
      quieten(request);
      response.type(registry.contentType).send(await registry.metrics());
    })
    .all(allowOnly("GET"));
  app.use(notFound);
  app.use(answerErrors);
  return app;
}
