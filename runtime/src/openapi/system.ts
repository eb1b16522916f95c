import { z } from "zod";
import { readinessReport } from "../kit/health.ts";
import type { Operation } from "./operation.ts";

const liveness = z.object({ status: z.literal("ok") });
const document = z.looseObject({ openapi: z.string() });

export const systemSchemas = { Liveness: liveness, Readiness: readinessReport, Document: document };

export const systemOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/health",
    id: "getHealth",
    tag: "system",
    summary: "Tells that the process lives",
    access: "anyone",
    description: "Says nothing of what the service depends on: restarting it would not bring a database back.",
    answers: { 200: { description: "The process lives.", body: liveness } },
    problems: [],
  },
  {
    method: "get",
    path: "/ready",
    id: "getReadiness",
    tag: "system",
    summary: "Tells whether the service should be given traffic",
    access: "anyone",
    answers: {
      200: { description: "It should.", body: readinessReport },
      503: { description: "It should not, for the reason that is given.", body: readinessReport },
    },
    problems: [],
  },
  {
    method: "get",
    path: "/openapi.json",
    id: "getOpenapi",
    tag: "system",
    summary: "Gives this document",
    access: "anyone",
    answers: { 200: { description: "The OpenAPI document.", body: document } },
    problems: ["rate-limited", "unavailable"],
  },
];
