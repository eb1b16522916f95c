import { randomUUID } from "node:crypto";
import { type Request, type Response, Router } from "express";
import { z } from "zod";
import { jsonBody } from "../kit/http/body.ts";
import { allowOnly } from "../kit/http/errors.ts";
import { Problem } from "../kit/http/problem.ts";
import { validate } from "../kit/http/validate.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { type Profile, profileInput } from "./profile.ts";
import { type Condition, EmailTakenError, type ProfileService, VersionMismatchError } from "./service.ts";

/** Bytes. A profile of the longest permitted fields, escaped in the longest way, fits. */
const largestBody = 32 * 1_024;

const parameters = z.strictObject({ id: z.uuid() });
const noQuery = z.strictObject({});
const listQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,3}$/, "must be a number from 1 to 100")
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= 100, "must be a number from 1 to 100")
    .default(20),
  cursor: z
    .string()
    .refine((cursor) => decodeCursor(cursor) !== undefined, "must be the nextCursor of an earlier answer")
    .optional(),
});

export function profileRoutes(profiles: ProfileService): Router {
  const router = Router();
  const body = [...jsonBody(largestBody)];

  router
    .route("/api/v1/profiles")
    .post(body, async (request: Request, response: Response) => {
      validate(noQuery, request.query, "");
      const profile = await orProblem(profiles.create(randomUUID(), validate(profileInput, request.body, "#")));
      response.status(201).location(`/api/v1/profiles/${profile.id}`);
      send(response, profile, "database");
    })
    .get(async (request: Request, response: Response) => {
      const { limit, cursor } = validate(listQuery, request.query, "");
      const after = cursor === undefined ? "0" : (decodeCursor(cursor) ?? "0");
      // One more than asked for tells whether there is a next page.
      const rows = await profiles.list(after, limit + 1);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      response.json({
        profiles: page.map(({ profile }) => profile),
        ...(rows.length > limit && last !== undefined ? { nextCursor: encodeCursor(last.position) } : {}),
      });
    })
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

function send(response: Response, profile: Profile, source: "cache" | "database"): void {
  response.set("ETag", `"${profile.version}"`).json({ profile, source });
}

function idOf(request: Request): string {
  validate(noQuery, request.query, "");
  return validate(parameters, request.params, "").id.toLowerCase();
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
