import type { z } from "zod";
import { jsonPointer } from "./pointer.ts";
import { type FieldError, Problem } from "./problem.ts";
import { sentenceOf } from "./sentences.ts";

/**
 * Validates part of a request against a strict schema.
 *
 * @param where `#` for the body, whose fields are given as JSON pointers; empty for parameters, given by name
 * @throws Problem "validation-failed" with every field that is wrong
 */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown, where: "#" | ""): z.infer<Schema> {
  const parsed = schema.safeParse(value, { error: sentenceOf });
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap((issue) => toFieldErrors(issue, value, where));
  const names = [...new Set(errors.map(({ pointer }) => pointer))].join(", ");
  throw new Problem("validation-failed", `Correct these fields and send the request again: ${names}`, { errors });
}

function toFieldErrors(issue: z.core.$ZodIssue, value: unknown, where: "#" | ""): readonly FieldError[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      pointer: pointerTo([...issue.path, key], where),
      detail: "is not a known field",
    }));
  }
  const detail = where === "" && isRepeated(value, issue.path) ? "must be given once" : issue.message;
  return [{ pointer: pointerTo(issue.path, where), detail }];
}

/** A parameter that was given twice arrives as a list. */
function isRepeated(parameters: unknown, [name]: readonly PropertyKey[]): boolean {
  if (typeof parameters !== "object" || parameters === null || name === undefined) return false;
  return Array.isArray(Reflect.get(parameters, name));
}

function pointerTo(path: readonly PropertyKey[], where: "#" | ""): string {
  return where === "#" ? jsonPointer(path) : path.map(String).join("/");
}
