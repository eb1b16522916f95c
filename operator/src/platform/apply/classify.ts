import { NotOursError } from "../../engine/apply/applier.ts";
import { ApiError } from "../../engine/client/api-error.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { objectId } from "../live/object-id.ts";
import type { Failure, Refusal } from "./outcome.ts";
import { refuse } from "./refusal.ts";

/** What the failure of one apply means for the rest. */
export type Verdict =
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "failed"; readonly failure: Failure }
  /** The rights that were bound a moment ago are not in effect yet, or were taken away. */
  | { readonly kind: "denied"; readonly message: string }
  /** The namespace is on its way out, or gone. */
  | { readonly kind: "no-namespace" }
  /** The object changed under our hands: another try finds it as it is now. */
  | { readonly kind: "raced" }
  /** The API server failed, or something that it asks about this object: an admission webhook, what decrypts Secrets. */
  | { readonly kind: "server-error"; readonly failure: Failure };

/**
 * Undefined when nothing else is worth trying now: there was no answer at all, or one that says so of whatever is asked
 * (429, 401). A 5xx is the object's own trouble, whatever its text: nobody can tell a server that is away from a webhook
 * that is, and need not. If it is the server, the status cannot be written either, and the reconcile ends as failed.
 * `undone`: what was not done to the object, for the message.
 */
export function classify(
  error: unknown,
  object: KubernetesObject,
  undone: "written" | "removed" | "read" = "written",
): Verdict | undefined {
  if (error instanceof NotOursError) return { kind: "refused", refusal: refuse(error.object) };
  if (!(error instanceof ApiError)) return undefined;
  if (isTerminating(error)) return { kind: "no-namespace" };
  // The same status is the answer where a RoleBinding names a Role that does not exist.
  if (error.isNotFound && error.details?.kind === "namespaces") return { kind: "no-namespace" };
  if (error.isConflict || error.isAlreadyExists) return { kind: "raced" };
  // Of the two kinds of 403, only the authorizer's names a verb and a resource; the other is an admission plugin's.
  if (error.isForbidden && /cannot \S+ resource/.test(error.message))
    return { kind: "denied", message: describe(error, object) };
  if (error.status === 429 || error.status === 401) return undefined;
  if (error.status >= 500) return { kind: "server-error", failure: serverError(error, object, undone) };
  return { kind: "failed", failure: { object: objectId(object), message: describe(error, object) } };
}

function serverError(error: ApiError, object: KubernetesObject, undone: string): Failure {
  const id = objectId(object);
  const [, webhook, words = ""] = /failed calling webhook "([^"]+)":? ?(.*)/s.exec(error.message) ?? [];
  // A connection's own port is another one each time: the same trouble is to have the same words.
  const cause = webhook === undefined || object.kind === "Secret" ? "" : `: ${words.replace(/\S+:\d+->/g, "")}`;
  const [why, cure] =
    webhook === undefined
      ? [describe(error, object), "If it lasts, the API server's log has the cause."]
      : [
          `admission webhook ${webhook} fails${cause}`,
          "Restore what serves the webhook, or remove it from its ValidatingWebhookConfiguration or " +
            "MutatingWebhookConfiguration.",
        ];
  return { object: id, message: `${id} cannot be ${undone}: ${why}. It is tried again by itself. ${cure}` };
}

function isTerminating({ details, message }: ApiError): boolean {
  return (
    (details?.causes ?? []).some(({ reason }) => reason === "NamespaceTerminating") ||
    message.includes("because it is being terminated")
  );
}

/** The API server quotes refused values; those of a Secret stay out of status and logs. */
function describe({ status, reason, message, details }: ApiError, { kind }: KubernetesObject): string {
  // The request that stands before the server's own words is of no use to who reads them in a status.
  if (kind !== "Secret" || status === 403) return message.replace(/^[A-Z]+ \/\S*: \d+ /, "");
  const fields = (details?.causes ?? []).flatMap(({ field, reason: why = "" }) =>
    field === undefined ? [] : `${field} (${why})`,
  );
  return `the API server answered ${[`${status} ${reason}`, ...fields].join(", ")}`;
}
