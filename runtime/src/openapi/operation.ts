import type { z } from "zod";
import type { Role } from "../auth/roles.ts";
import type { ProblemKind } from "../kit/http/problem.ts";
import type { HeaderName } from "./headers.ts";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** An operation that goes on with what was answered, and where its parameters are taken from, as OpenAPI writes it. */
export interface Link {
  /** The `id` of the operation. */
  readonly to: string;
  /** By the name of the parameter, such as `$response.body#/profile/id`. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Success {
  readonly description: string;
  /** Beside `X-Request-Id`, which every answer has. */
  readonly headers?: readonly HeaderName[];
  /** A schema that the document names, or the media type of a text; absent for an answer without a body. */
  readonly body?: z.ZodType | string;
  readonly links?: readonly Link[];
}

/** One thing that a service does, as the OpenAPI document tells it. */
export interface Operation {
  readonly method: Method;
  /** With its parameters in braces. */
  readonly path: string;
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  /** The least role that may do it, or that it needs no token. */
  readonly access: Role | "anyone";
  /** The roles for some of the tasks that it may be asked for, by their type: more than `access`, or as much. */
  readonly accessByTaskType?: Readonly<Record<string, Role>>;
  readonly description?: string;
  /** By their place; each is an object with a field for each parameter. */
  readonly pathParameters?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  /** A schema that the document names. */
  readonly body?: z.ZodType;
  /** Instead of a schema: one file, as the body itself or as a field of a form. */
  readonly files?: { readonly field: string; readonly types: readonly string[] };
  /** Whether the request may have none. */
  readonly bodyIsOptional?: true;
  /** By status. */
  readonly answers: Readonly<Record<number, Success>>;
  readonly problems: readonly ProblemKind[];
}

/** What any operation that reads or writes may be refused with. */
export const commonProblems: readonly ProblemKind[] = [
  "validation-failed",
  "rate-limited",
  "headers-too-large",
  "internal",
  "unavailable",
];

/** And what any that needs a token may. */
export const accessProblems: readonly ProblemKind[] = [
  "bad-request",
  "token-required",
  "invalid-token",
  "insufficient-role",
];

/** And what any with a body may. */
export const bodyProblems: readonly ProblemKind[] = ["bad-request", "body-too-large", "unsupported-media-type"];
