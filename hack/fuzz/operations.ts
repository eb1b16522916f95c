/** An operation of an OpenAPI document, as a run has to have tried it. */
export interface Operation {
  /** Method and path, such as `GET /api/v1/profiles/{id}`. */
  readonly label: string;
  /** Whether its requests can differ: without parameters and a body there is but one. */
  readonly varies: boolean;
  /** Whether it is about something that has to be there: chance alone does not find any. */
  readonly needsTarget: boolean;
}

/** As much of a document as is looked at. */
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
}

interface DescribedOperation {
  readonly parameters?: readonly unknown[];
  readonly requestBody?: unknown;
}

/** Every operation that a document describes. */
export function operationsOf({ paths }: Document): readonly Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({
      label: `${method.toUpperCase()} ${path}`,
      varies: parameters.length > 0 || requestBody !== undefined,
      needsTarget: path.includes("{"),
    })),
  );
}
