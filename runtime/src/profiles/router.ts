import { randomUUID } from "node:crypto";
import { type Request, type Response, Router } from "express";
import { type Answer, answerOnce } from "../idempotency/answer.ts";
import type { Idempotency } from "../idempotency/idempotency.ts";
import type { ImageLinks } from "../images/links.ts";
import { answerJson } from "../kit/http/answer-json.ts";
import { jsonBody } from "../kit/http/body.ts";
import { isHeld } from "../kit/http/conditions.ts";
import { allowOnly } from "../kit/http/errors.ts";
import { Problem } from "../kit/http/problem.ts";
import { validate } from "../kit/http/validate.ts";
import { conditionOf, etagOf, missingProfile, noQuery, pathOf, versionMismatch } from "./http.ts";
import { listHandler } from "./list-handler.ts";
import { type ProfileView, profileInput, profileParameters } from "./profile.ts";
import { EmailTakenError, type ProfileService, VersionMismatchError } from "./service.ts";

/** Bytes. A profile of the longest permitted fields, escaped in the longest way, fits. */
const largestBody = 32 * 1_024;

export function profileRoutes(profiles: ProfileService, idempotency: Idempotency, links: ImageLinks): Router {
  const router = Router();
  const body = [...jsonBody(largestBody)];

  router
    .route("/api/v1/profiles")
    .post(body, async (request: Request, response: Response) => {
      validate(noQuery, request.query, "");
      const input = validate(profileInput, request.body, "#");
      await answerOnce(idempotency, request, response, async (transaction) =>
        created(links.profile(await orProblem(profiles.create(randomUUID(), input, transaction)))),
      );
    })
    .get(listHandler(profiles, links))
    .all(allowOnly("GET", "POST"));

  router
    .route("/api/v1/profiles/:id")
    .get(async (request: Request, response: Response) => {
      const { id } = pathOf(request, profileParameters);
      const found = await profiles.read(id);
      if (found === undefined) throw missingProfile(id);
      if (isHeld(request.headers["if-none-match"], etagOf(found.profile))) {
        response.status(304).set("ETag", etagOf(found.profile)).end();
        return;
      }
      send(response, links.profile(found.profile), found.source);
    })
    .put(body, async (request: Request, response: Response) => {
      const { id } = pathOf(request, profileParameters);
      const input = validate(profileInput, request.body, "#");
      const profile = await orProblem(profiles.replace(id, input, conditionOf(request)));
      if (profile === undefined) throw missingProfile(id);
      send(response, links.profile(profile), "database");
    })
    .delete(async (request: Request, response: Response) => {
      const { id } = pathOf(request, profileParameters);
      if (!(await orProblem(profiles.delete(id, conditionOf(request))))) throw missingProfile(id);
      response.status(204).end();
    })
    .all(allowOnly("GET", "PUT", "DELETE"));

  return router;
}

function created(profile: ProfileView): Answer {
  return {
    status: 201,
    headers: { Location: `/api/v1/profiles/${profile.id}`, ETag: etagOf(profile) },
    body: { profile, source: "database" },
  };
}

function send(response: Response, profile: ProfileView, source: "cache" | "database"): void {
  response.setHeader("ETag", etagOf(profile));
  answerJson(response, { profile, source });
}

async function orProblem<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof EmailTakenError) {
      const errors = [{ pointer: "#/email", detail: "belongs to another profile" }];
      throw new Problem("email-taken", "Another profile has this e-mail address; choose another.", { errors, cause });
    }
    if (cause instanceof VersionMismatchError) {
      throw versionMismatch(cause);
    }
    throw cause;
  }
}
