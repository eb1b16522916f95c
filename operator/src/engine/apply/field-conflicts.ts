import { ApiError } from "../client/api-error.ts";

/** A field that another manager has set to another value. */
export interface FieldConflict {
  readonly manager: string;
  /** Path as the API server writes it: `.spec.template.spec.containers[name="a"].image`. */
  readonly field: string;
}

/** The conflicts for which an apply without force was refused; empty for any other error. */
export function fieldConflicts(error: unknown): readonly FieldConflict[] {
  if (!(error instanceof ApiError) || !error.isConflict) return [];
  return (error.details?.causes ?? []).flatMap(({ reason, message = "", field }) => {
    const [, manager] = /^conflict with ("(?:[^"\\]|\\.)*")/.exec(message) ?? [];
    if (reason !== "FieldManagerConflict" || manager === undefined || field === undefined) return [];
    return [{ manager: JSON.parse(manager) as string, field }];
  });
}
