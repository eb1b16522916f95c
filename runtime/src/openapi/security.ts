import { roles } from "../auth/roles.ts";
import type { Operation } from "./operation.ts";

/** How a client shows who it is. */
export const securitySchemes = {
  bearer: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: `A token of the platform's issuer. Its roles are ${roles.join(", ")}, each of which may do what those before it may.`,
  },
} as const;

/** What an operation asks of whoever wants it. OpenAPI 3.1 lets a requirement name roles; not every reader looks there. */
export function describeAccess({
  access,
  accessByTaskType,
}: Pick<Operation, "access" | "accessByTaskType">): Readonly<Record<string, unknown>> {
  if (access === "anyone") return { security: [] };
  return {
    security: [{ bearer: [access] }],
    "x-required-role": access,
    ...(accessByTaskType === undefined ? {} : { "x-required-role-by-task-type": accessByTaskType }),
  };
}
