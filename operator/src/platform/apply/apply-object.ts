import { wantedDigest } from "../../engine/apply/applied-objects.ts";
import type { ApiClient } from "../../engine/client/api-client.ts";
import type { ResourceTypes } from "../../engine/client/resource-type.ts";
import type { KubernetesObject } from "../../kubernetes.ts";
import { JWKS_CONFIG_MAP } from "../../names.ts";
import type { LiveObjects } from "../live/live-objects.ts";
import { objectId } from "../live/object-id.ts";
import type { PlatformMemory } from "../memory.ts";
import type { PlatformIdentity } from "../plan/identity.ts";
import { isSigningKey } from "../plan/order.ts";
import { isOwnField } from "./additions.ts";
import { classify, type Verdict } from "./classify.ts";
import type { Ledger } from "./ledger.ts";

/** Rights that were just bound take effect when the API server's authorizer has seen the binding: milliseconds. */
const RIGHTS_TAKE_EFFECT_MS = 10_000;

/** What one reconcile of one platform works with. */
export interface Work {
  readonly client: ApiClient;
  readonly types: ResourceTypes;
  readonly identity: PlatformIdentity;
  readonly memory: PlatformMemory;
  readonly live: LiveObjects;
  readonly ledger: Ledger;
  readonly signal: AbortSignal;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Throws OutdatedError when the platform is not any more what this reconcile works for. */
  readonly confirm: () => Promise<void>;
}

/**
 * Applies one object and books what came of it. Throws only when the API server gives no answer, or none to whatever is
 * asked; everything else is the object's own trouble and holds up nothing but what depends on it. Returns the object as
 * the API server has it now; undefined when nothing was sent, or it was refused.
 */
export async function applyObject(wanted: KubernetesObject, work: Work): Promise<KubernetesObject | undefined> {
  const { live, ledger } = work;
  const before = live.get(wanted.kind, wanted.metadata.namespace, wanted.metadata.name);
  const wait = reasonToWait(wanted, before, work);
  if (wait !== undefined) {
    ledger.waits(wanted, wait);
    return undefined;
  }
  if (before === undefined) await work.confirm();
  let after: KubernetesObject | undefined;
  await attemptFor(wanted, work, async () => {
    after = await attempt(wanted, before, work);
  });
  return after;
}

function reasonToWait(
  wanted: KubernetesObject,
  before: KubernetesObject | undefined,
  { ledger }: Work,
): string | undefined {
  const closed = ledger.closedFor(wanted);
  if (closed !== undefined) return closed;
  if (wanted.kind === "Secret" && ledger.lacksSecret(wanted.metadata.name)) {
    return `${objectId(wanted)} waits for the Secret that it is a copy of`;
  }
  if (isSigningKey(wanted) && before === undefined && ledger.problemOf(publicKeysOf(wanted)) !== undefined) {
    return `${objectId(wanted)} waits for ConfigMap ${JWKS_CONFIG_MAP}, which makes its public half known`;
  }
  return before?.metadata.deletionTimestamp === undefined
    ? undefined
    : `${objectId(wanted)} is being deleted, and is made again when it is gone`;
}

function publicKeysOf({ metadata: { namespace = "" } }: KubernetesObject): KubernetesObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace, name: JWKS_CONFIG_MAP } };
}

/** Does something for an object; returns whether it went well, and books it in the ledger if not. Throws as above. */
export async function attemptFor(wanted: KubernetesObject, work: Work, action: () => Promise<void>): Promise<boolean> {
  const { memory, ledger, now } = work;
  const id = objectId(wanted);
  const started = now();
  const rests = memory.serverErrors.resting(id, started);
  if (rests !== undefined) {
    ledger.serverFailed(wanted, rests);
    return false;
  }
  try {
    await action();
    memory.serverErrors.succeeded(id);
    return true;
  } catch (error) {
    const verdict = classify(error, wanted);
    if (verdict === undefined) throw new Error(`while applying ${id}`, { cause: error });
    if (verdict.kind === "server-error") memory.serverErrors.met(verdict.failure, now() - started, now());
    book(verdict, wanted, work);
    return false;
  }
}

async function attempt(
  wanted: KubernetesObject,
  before: KubernetesObject | undefined,
  work: Work,
): Promise<KubernetesObject | undefined> {
  const { memory, live, ledger, signal, now } = work;
  const id = objectId(wanted);
  // Two controllers that set one field would otherwise wear each other out. A change of mind does not wait.
  const pauseMs = before === undefined ? 0 : memory.contests.pauseMs(id, now());
  if (pauseMs > 0 && isWantedAsBefore(wanted, memory)) {
    ledger.leftForMs = Math.min(ledger.leftForMs, pauseMs);
    return undefined;
  }
  const { result, object, whole, changed, known, takenBack } = await memory.applier.apply(wanted, before, signal);
  if (wanted.metadata.namespace !== undefined) memory.deniedSince.delete(wanted.metadata.namespace);
  if (object !== before) live.wrote(object, before);
  if (takenBack.length > 0) memory.contests.tookBack(id, takenBack, now());
  const corrected = changed.filter((path) => isOwnField(wanted, path));
  const managers = [...new Set(takenBack.map(({ manager }) => manager))];
  if (known && (result === "created" || corrected.length > 0)) ledger.corrected(wanted, corrected, managers);
  else if (result === "created") ledger.created(wanted);
  else if (!known && result === "configured") ledger.configured(wanted);
  return whole;
}

/** Whether there is nothing to do for an object: it was applied just like this, and is as that left it. */
export function isSettled(wanted: KubernetesObject, { live, ledger, memory }: Work): boolean {
  const found = live.get(wanted.kind, wanted.metadata.namespace, wanted.metadata.name);
  return (
    found !== undefined &&
    found.metadata.deletionTimestamp === undefined &&
    ledger.closedFor(wanted) === undefined &&
    memory.applier.isApplied(wanted, found)
  );
}

/** Whether the object was applied just like this before, so that whatever is different now is somebody else's doing. */
export function isWantedAsBefore(wanted: KubernetesObject, memory: PlatformMemory): boolean {
  return memory.applier.appliedDigest(wanted) === wantedDigest(wanted);
}

function book(verdict: Verdict, wanted: KubernetesObject, work: Work): void {
  const { ledger } = work;
  const { namespace } = wanted.metadata;
  switch (verdict.kind) {
    case "refused":
      return ledger.refused(wanted, verdict.refusal);
    case "failed":
      return ledger.failed(wanted, verdict.failure);
    case "denied":
      return bookDenial(wanted, verdict.message, work);
    case "no-namespace": {
      const reason = `namespace ${namespace ?? ""} is being deleted, and is made again when it is gone`;
      if (namespace !== undefined) ledger.close(namespace, reason);
      ledger.impatient = true;
      return ledger.waits(wanted, reason);
    }
    case "server-error":
      return ledger.serverFailed(wanted, verdict.failure);
    case "raced":
      ledger.impatient = true;
      return ledger.waits(wanted, `${objectId(wanted)} was changed at the same time, and is looked at again`);
  }
}

/** Books that the operator lacks rights: expected for a moment after binding them, afterwards a failure with its cure. */
export function bookDenial(object: KubernetesObject, denial: string, { memory, ledger, now }: Work): void {
  const scope = object.metadata.namespace ?? "";
  const since = memory.deniedSince.get(scope) ?? now();
  memory.deniedSince.set(scope, since);
  const reason = `the operator's rights in namespace ${scope} are not in effect yet`;
  if (scope !== "") ledger.close(scope, reason);
  if (now() - since < RIGHTS_TAKE_EFFECT_MS) {
    ledger.impatient = true;
    return ledger.waits(object, reason);
  }
  const message = `${denial}. Install the ClusterRoles that belong to this version of the operator (helm upgrade).`;
  return ledger.failed(object, { object: objectId(object), message });
}
