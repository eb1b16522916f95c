import { Router } from "express";
import type { Health } from "../health.ts";
import { allowOnly } from "./errors.ts";

/**
 * `/health` says that the process lives and nothing of what it depends on: restarting it would not bring a database
 * back. `/ready` says whether it should be given traffic.
 */
export function systemRoutes(health: Health): Router {
  const router = Router();
  router
    .route("/health")
    .get((_request, response) => {
      response.json({ status: "ok" });
    })
    .all(allowOnly("GET"));
  router
    .route("/ready")
    .get((_request, response) => {
      const report = health.report();
      response.status(report.ready ? 200 : 503).json(report);
    })
    .all(allowOnly("GET"));
  return router;
}
