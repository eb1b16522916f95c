import { ApiError } from "../engine/client/api-error.ts";
import { UsageError } from "../errors.ts";
import { InvalidSpecError } from "../platform/plan/resolve.ts";

/**
 * What a person is told of an error: its sentence and those of its causes, no stack. Set DEBUG=1 to see stacks.
 */
export function reportError(error: unknown, env: NodeJS.ProcessEnv = process.env): string {
  if (!(error instanceof Error)) return `error: ${String(error)}`;
  if (env["DEBUG"]) return error.stack ?? error.message;
  if (error instanceof UsageError || error instanceof InvalidSpecError) return `error: ${error.message}`;
  const sentences = chain(error).map(({ message }) => message);
  return [`error: ${sentences.join("\n  because: ")}`, ...cures(error)].join("\n");
}

function chain(error: Error): readonly Error[] {
  return error.cause instanceof Error ? [error, ...chain(error.cause)] : [error];
}

function cures(error: Error): readonly string[] {
  const causes = chain(error);
  const codes = causes.map((cause) => (cause as NodeJS.ErrnoException).code);
  if (codes.some((code) => code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "EHOSTUNREACH")) {
    return ["The cluster does not answer: is it up, and is KUBECONFIG the right file?"];
  }
  const refusal = causes.find((cause) => cause instanceof ApiError);
  if (refusal?.status === 401) return ["The cluster does not know you: renew the credentials of your kubeconfig."];
  if (refusal?.status === 403) return ["You lack a right in the cluster: ask its administrator for it."];
  return [];
}
