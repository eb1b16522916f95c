import express, { type Express, type RequestHandler, type Router } from "express";
import type { Registry } from "prom-client";
import type { Health } from "../health.ts";
import type { Logger } from "../log.ts";
import { createHttpMetrics } from "../metrics.ts";
import { crossOrigin } from "./cross-origin.ts";
import { answerErrors, notFound, requireStarted } from "./errors.ts";
import { makeMessageClasses } from "./message-classes.ts";
import { parseQuery } from "./query.ts";
import { observeRequests } from "./request.ts";
import { systemRoutes } from "./system.ts";
import { under } from "./under.ts";

export interface AppOptions {
  readonly log: Logger;
  /** Where requests are counted; createMetricsApp shows it. */
  readonly registry: Registry;
  readonly health: Health;
  /** Proxies in front whose word for the address of a client counts; none when absent. */
  readonly trustedProxyHops?: number;
  /** Of pages that may call the API; those of every origin when absent. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Refuses what is too much, before anything is done for it; absent for a service that answers nothing else. */
  readonly admit?: RequestHandler;
  /** Stands in front of the routers; absent for a service that answers nothing but how it is. */
  readonly guard?: Router;
  readonly routers?: readonly Router[];
}

/** An application that answers nothing yet. */
export function plainApp(): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", parseQuery);
  makeMessageClasses(app);
  return app;
}

export function createApp(options: AppOptions): Express {
  const { log, registry, health, trustedProxyHops = 0, allowedOrigins, admit, guard, routers = [] } = options;
  const app = plainApp();
  app.set("trust proxy", trustedProxyHops);
  app.use(observeRequests(log, createHttpMetrics(registry)));
  app.use(systemRoutes(health));
  app.use(under(["/api", "/openapi.json"], crossOrigin(allowedOrigins)));
  app.use(under(["/api", "/images", "/ws"], requireStarted(health)));
  if (admit !== undefined) app.use(admit);
  if (guard !== undefined) app.use(guard);
  for (const router of routers) app.use(router);
  app.use(notFound);
  app.use(answerErrors);
  return app;
}
