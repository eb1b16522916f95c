import { z } from "zod";
import { type ProblemKind, problemDetails, problemKinds, problemType } from "../kit/http/problem.ts";
import { budgetHeaders, type HeaderName } from "./headers.ts";

const kinds = Object.keys(problemKinds) as readonly ProblemKind[];

/** A problem of any kind. */
export const problemSchema = problemDetails.extend({
  type: z
    .enum(kinds.map(problemType))
    .meta({ description: "Names the kind of problem, and never changes its meaning." }),
});

const headers: { readonly [Kind in ProblemKind]?: readonly HeaderName[] } = {
  "token-required": ["WWW-Authenticate"],
  "invalid-token": ["WWW-Authenticate"],
  "insufficient-role": ["WWW-Authenticate"],
  "method-not-allowed": ["Allow"],
  "range-not-satisfiable": ["Content-Range"],
  "request-in-progress": ["Retry-After"],
  "rate-limited": ["Retry-After", ...budgetHeaders],
  unavailable: ["Retry-After"],
};

/** An answer with a problem, as the document describes it. */
interface ProblemResponse {
  readonly description: string;
  readonly headers: Readonly<Record<string, { readonly $ref: string }>>;
  readonly content: Readonly<Record<string, { readonly schema: unknown }>>;
}

/** `not-found` is `NotFound` among the document's responses. */
function nameOf(kind: ProblemKind): string {
  return kind.replaceAll(/(?:^|-)(\w)/g, (_match, letter: string) => letter.toUpperCase());
}

function response(kinds: readonly ProblemKind[]): ProblemResponse {
  const names = ["X-Request-Id", ...new Set(kinds.flatMap((kind) => headers[kind] ?? []))] as readonly HeaderName[];
  const schema = { $ref: "#/components/schemas/Problem" };
  const types = kinds.map(problemType);
  const type = types.length === 1 ? { const: types[0] } : { enum: types };
  return {
    description: kinds.map((kind) => `${problemKinds[kind].title} (\`${kind}\`).`).join(" "),
    headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
    content: { "application/problem+json": { schema: { allOf: [schema, { properties: { type } }] } } },
  };
}

/** An answer for each kind of problem. */
export function problemComponents(): Readonly<Record<string, ProblemResponse>> {
  return Object.fromEntries(kinds.map((kind) => [nameOf(kind), response([kind])]));
}

/** The answers of an operation that may be refused with these problems, by status. */
export function problemResponses(of: readonly ProblemKind[]): Readonly<Record<string, unknown>> {
  const byStatus = Map.groupBy(of, (kind) => problemKinds[kind].status);
  return Object.fromEntries(
    [...byStatus].map(([status, [first, ...others]]) => {
      if (first === undefined) throw new Error("a group without members");
      const one = { $ref: `#/components/responses/${nameOf(first)}` };
      return [String(status), others.length === 0 ? one : response([first, ...others])];
    }),
  );
}
