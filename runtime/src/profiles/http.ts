import type { Request } from "express";
import { z } from "zod";
import { Problem } from "../kit/http/problem.ts";
import { validate } from "../kit/http/validate.ts";
import type { Profile } from "./profile.ts";
import type { Condition, VersionMismatchError } from "./service.ts";

export const noQuery = z.strictObject({});

export function etagOf({ version }: Pick<Profile, "version">): string {
  return `"${version}"`;
}

/** `If-Match` with an ETag of an earlier answer makes a write happen only if nobody else wrote meanwhile. */
export function conditionOf(request: Request): Condition {
  const header = request.get("if-match");
  if (header === undefined || header.trim() === "*") return {};
  const version = /^"(\d{1,9})"$/.exec(header.trim())?.[1];
  if (version === undefined) {
    const errors = [{ pointer: "If-Match", detail: 'must be * or the ETag of an earlier answer, such as "3"' }];
    throw new Problem("validation-failed", "Correct the If-Match header and send the request again.", { errors });
  }
  return { version: Number(version) };
}

/** The parameters in the path of a request that takes none in its query; ids in lower case. */
export function pathOf<Schema extends z.ZodType<{ readonly id: string }>>(
  request: Request,
  schema: Schema,
): z.infer<Schema> {
  validate(noQuery, request.query, "");
  const parameters = validate(schema, request.params, "");
  return { ...parameters, id: parameters.id.toLowerCase() };
}

export function missingProfile(id: string): Problem {
  return new Problem("not-found", `There is no profile ${id}.`);
}

export function versionMismatch(cause: VersionMismatchError): Problem {
  const detail = `The profile is at version ${cause.current}; read it again and repeat the change.`;
  return new Problem("version-mismatch", detail, { cause });
}
