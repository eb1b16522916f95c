import { budgetHeaders, type HeaderName, responseHeaders } from "./headers.ts";
import { accessProblems, type Link, type Operation, type Success } from "./operation.ts";
import { problemComponents, problemResponses, problemSchema } from "./problems.ts";
import { componentSchemas, type NamedSchemas, parametersOf, referenceTo } from "./schemas.ts";
import { describeAccess, securitySchemes } from "./security.ts";

export interface Information {
  readonly title: string;
  readonly version: string;
  readonly description: string;
}

/** An OpenAPI document. */
export interface OpenapiDocument {
  readonly openapi: "3.1.1";
  readonly info: Information;
  readonly tags: readonly { readonly name: string }[];
  /** By path and method. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: Readonly<Record<string, unknown>>;
}

/**
 * Tells what a service does, out of the schemas that it validates requests with.
 *
 * @param schemas every schema of a body, by the name that it has in the document
 */
export function createDocument(
  info: Information,
  schemas: NamedSchemas,
  operations: readonly Operation[],
): OpenapiDocument {
  const named = { ...schemas, Problem: problemSchema };
  const byPath = Map.groupBy(operations, ({ path }) => path);
  return {
    openapi: "3.1.1",
    info,
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths: Object.fromEntries(
      [...byPath].map(([path, group]) => [
        path,
        Object.fromEntries(group.map((operation) => [operation.method, describe(operation, named)])),
      ]),
    ),
    components: {
      schemas: componentSchemas(named),
      responses: problemComponents(),
      headers: responseHeaders,
      securitySchemes,
    },
  };
}

function describe(operation: Operation, named: NamedSchemas): unknown {
  const { id, tag, summary, description, access, body, bodyIsOptional = false, problems } = operation;
  const parameters = [
    ...parametersOf(operation.pathParameters, "path"),
    ...parametersOf(operation.query, "query"),
    ...parametersOf(operation.headers, "header"),
  ];
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...describeAccess(operation),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(operation.files === undefined
      ? {}
      : { requestBody: { required: true, content: fileContent(operation.files) } }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: !bodyIsOptional,
            content: { "application/json": { schema: referenceTo(body, named) } },
          },
        }),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.answers).map(([status, answer]) => [
          status,
          describeAnswer(answer, tellsBudget(operation, answer) ? budgetHeaders : [], named),
        ]),
      ),
      ...problemResponses([...new Set([...problems, ...(access === "anyone" ? [] : accessProblems)])]),
    },
  };
}

/** A file is bytes, which OpenAPI 3.1 tells by saying nothing of its schema but, in a form, that it is no text. */
function fileContent({ field, types }: NonNullable<Operation["files"]>): unknown {
  const file = { description: "With a file name.", contentMediaType: "application/octet-stream" };
  const form = { type: "object", properties: { [field]: file }, required: [field], additionalProperties: false };
  const encoding = { [field]: { contentType: types.join(", ") } };
  return {
    ...Object.fromEntries(types.map((type) => [type, {}])),
    "multipart/form-data": { schema: form, encoding },
  };
}

/** Not where caches keep the answer, and give it to others. */
function tellsBudget({ problems }: Operation, { headers = [] }: Success): boolean {
  return problems.includes("rate-limited") && !headers.includes("Cache-Control");
}

function describeAnswer(
  { description, headers = [], body, links = [] }: Success,
  further: readonly HeaderName[],
  named: NamedSchemas,
): unknown {
  const names = ["X-Request-Id", ...headers, ...further];
  return {
    description,
    headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
    ...(body === undefined ? {} : { content: contentOf(body, named) }),
    ...(links.length === 0 ? {} : { links: describeLinks(links) }),
  };
}

function describeLinks(links: readonly Link[]): unknown {
  return Object.fromEntries(links.map(({ to, parameters }) => [to, { operationId: to, parameters }]));
}

function contentOf(body: NonNullable<Success["body"]>, named: NamedSchemas): unknown {
  if (typeof body === "string") return { [body]: body.startsWith("text/") ? { schema: { type: "string" } } : {} };
  return { "application/json": { schema: referenceTo(body, named) } };
}
