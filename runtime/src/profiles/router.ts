import { randomUUID } from "node:crypto";
import { type Request, type Response, Router } from "express";
import { z } from "zod";
import { type Answer, answerOnce } from "../idempotency/answer.ts";
import type { Idempotency } from "../idempotency/idempotency.ts";
import { jsonBody } from "../kit/http/body.ts";
import { allowOnly } from "../kit/http/errors.ts";
import { Problem } from "../kit/http/problem.ts";
import { validate } from "../kit/http/validate.ts";
import { listHandler } from "./list-handler.ts";
import { type Profile, profileInput, profileParameters } from "./profile.ts";
import { type Condition, EmailTakenError, type ProfileService, VersionMismatchError } from "./service.ts";

/** Bytes. A profile of the longest permitted fields, escaped in the longest way, fits. */
const largestBody = 32 * 1_024;

const noQuery = z.strictObject({});

export function profileRoutes(profiles: ProfileService, idempotency: Idempotency): Router {
  const router = Router();
  const body = [...jsonBody(largestBody)];

  router
    .route("/api/v1/profiles")
    .post(body, async (request: Request, response: Response) => {
      validate(noQuery, request.query, "");
      const input = validate(profileInput, request.body, "#");
      await answerOnce(idempotency, request, response, async (db) =>
        created(await orProblem(profiles.create(randomUUID(), input, db))),
      );
    })
    .get(listHandler(profiles))
    .all(allowOnly("GET", "POST"));

  router
    .route("/api/v1/profiles/:id")
    .get(async (request: Request, response: Response) => {
      const id = idOf(request);
      const found = await profiles.read(id);
      if (found === undefined) throw missing(id);
      send(response, found.profile, found.source);
    })
    .put(body, async (request: Request, response: Response) => {
      const id = idOf(request);
      const input = validate(profileInput, request.body, "#");
      const profile = await orProblem(profiles.replace(id, input, conditionOf(request)));
      if (profile === undefined) throw missing(id);
      send(response, profile, "database");
    })
    .delete(async (request: Request, response: Response) => {
      const id = idOf(request);
      if (!(await orProblem(profiles.delete(id, conditionOf(request))))) throw missing(id);
      response.status(204).end();
    })
    .all(allowOnly("GET", "PUT", "DELETE"));

  return router;
}

function created(profile: Profile): Answer {
  return {
    status: 201,
    headers: { Location: `/api/v1/profiles/${profile.id}`, ETag: etagOf(profile) },
    body: { profile, source: "database" },
  };
}

function etagOf({ version }: Profile): string {
  return `"${version}"`;
}

function send(response: Response, profile: Profile, source: "cache" | "database"): void {
  response.set("ETag", etagOf(profile)).json({ profile, source });
}

function idOf(request: Request): string {
  validate(noQuery, request.query, "");
  return validate(profileParameters, request.params, "").id.toLowerCase();
}

/** `If-Match` with an ETag of an earlier answer makes a write happen only if nobody else wrote meanwhile. */
function conditionOf(request: Request): Condition {
  const header = request.get("if-match");
  if (header === undefined || header.trim() === "*") return {};
  const version = /^"(\d{1,9})"$/.exec(header.trim())?.[1];
  if (version === undefined) {
    const errors = [{ pointer: "If-Match", detail: 'must be * or the ETag of an earlier answer, such as "3"' }];
    throw new Problem("validation-failed", "Correct the If-Match header and send the request again.", { errors });
  }
  return { version: Number(version) };
}

function missing(id: string): Problem {
  return new Problem("not-found", `There is no profile ${id}.`);
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
      const detail = `The profile is at version ${cause.current}; read it again and repeat the change.`;
      throw new Problem("version-mismatch", detail, { cause });
    }
    throw cause;
  }
}
