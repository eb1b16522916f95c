import { Router } from "express";
import { allowOnly } from "../kit/http/errors.ts";
import type { OpenapiDocument } from "./document.ts";

export function openapiRoutes(document: OpenapiDocument): Router {
  // Written once: it is the same for everybody.
  const text = JSON.stringify(document);
  const router = Router();
  router
    .route("/openapi.json")
    .get((_request, response) => {
      response.type("application/json").send(text);
    })
    .all(allowOnly("GET"));
  return router;
}
