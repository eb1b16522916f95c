import type { KubernetesObject } from "../../kubernetes.ts";
import { contentDigest, isCompact } from "../cache/compact.ts";
import { contentOf, differingPaths } from "../cache/content.ts";
import type { ApiClient } from "../client/api-client.ts";
import { ApiError, isNotFound } from "../client/api-error.ts";
import { withoutManagedFields } from "../client/raw-object.ts";
import { objectPath, type ResourceTypes } from "../client/resource-type.ts";
import type { Logger } from "../kit/log.ts";
import { Applied, AppliedObjects, type ObjectRef, wantedDigest } from "./applied-objects.ts";
import { type FieldConflict, fieldConflicts } from "./field-conflicts.ts";
import { NotOursError } from "./not-ours-error.ts";
import { differOnlyIn, removeAdditions, type WholeParts } from "./whole-parts.ts";

export { NotOursError } from "./not-ours-error.ts";

export interface ApplierOptions {
  /** Fenced, if there can be two of this process. */
  readonly client: ApiClient;
  readonly types: ResourceTypes;
  readonly fieldManager: string;
  readonly log: Logger;
  /** Whether an object that exists may be changed; `appliedUid` is the uid of the one that was applied last. */
  readonly isOurs: (object: KubernetesObject, appliedUid: string | undefined) => boolean;
  /** Where what others add is removed. Default: nowhere. */
  readonly wholeParts?: WholeParts;
  /** The form in which the cache has objects, if it is another than the whole one. */
  readonly compact?: (object: KubernetesObject) => KubernetesObject;
  /** The same, for answers of the API server, of which the cache will hear. Default: as the others. */
  readonly compactAnswer?: (object: KubernetesObject) => KubernetesObject;
}

export interface ApplyOutcome {
  readonly result: "created" | "configured" | "unchanged";
  /** As the API server has it now, in the cache's form; of an unchanged one as last seen. */
  readonly object: KubernetesObject;
  /** The same with all that the API server answered but managedFields; undefined when nothing was sent. */
  readonly whole: KubernetesObject | undefined;
  /**
   * Fields that differed from the live object; empty for a new one, and where something else is wanted than the last
   * time and the cache had the object without its content. Never values.
   */
  readonly changed: readonly string[];
  /** Whether just this was applied before, so that whatever was different is somebody else's doing. */
  readonly known: boolean;
  /** Fields that another manager had set since the last time, and that were taken back. */
  readonly takenBack: readonly FieldConflict[];
}

/** Versions count the changes of the whole store: with the first one, there was no object yet. */
const NO_VERSION = "1";

/** A change by somebody else between two requests, milliseconds apart, is rare; several in a row are for later. */
const MOST_TRIES = 5;

/**
 * Server-side apply under one field manager, skipped while neither the wanted object nor the live one changed since the
 * last time. What was applied is remembered in memory only: after a restart each object is applied once more, which the
 * API server answers without writing when it changes nothing.
 */
export class Applier {
  readonly #options: Required<ApplierOptions>;
  readonly #applied = new AppliedObjects();

  constructor(options: ApplierOptions) {
    const { compact = (object) => object, compactAnswer = compact } = options;
    this.#options = { wholeParts: {}, ...options, compact, compactAnswer };
  }

  /**
   * Makes the fields of `wanted` so. `live` is the object as the cache has it; what the cache does not have is made, and
   * looked at if it turns out to be there. Throws NotOursError, or ApiError.
   */
  async apply(
    wanted: KubernetesObject,
    live: KubernetesObject | undefined,
    signal?: AbortSignal,
  ): Promise<ApplyOutcome> {
    const digest = wantedDigest(wanted);
    const applied = this.#applied.find(wanted);
    const known = applied?.wanted === digest;
    if (live !== undefined) {
      this.#assertOurs(live, applied);
      if (known && applied.isAsLeft(live))
        return { result: "unchanged", object: live, whole: undefined, changed: [], known, takenBack: [] };
    }
    // Of what somebody changed, the fields shall be named, and a cache of digests cannot name them.
    const look = live !== undefined && known && isCompact(live);
    const found = look ? await this.#get(wanted, signal) : live;
    try {
      return await this.#applyTo({ wanted, digest, applied, found, signal });
    } catch (error) {
      if (look || !isReplaced(error)) throw error;
      return this.#applyTo({ wanted, digest, applied, found: await this.#get(wanted, signal), signal });
    }
  }

  /** Whether `live` is ours, and as the last apply of just this left it: then `apply` would send nothing. */
  isApplied(wanted: KubernetesObject, live: KubernetesObject): boolean {
    const applied = this.#applied.find(wanted);
    const known = applied?.wanted === wantedDigest(wanted);
    return known && applied.isAsLeft(live) && this.#options.isOurs(live, applied.uid);
  }

  /** `wantedDigest` of what was last applied. */
  appliedDigest(ref: ObjectRef): string | undefined {
    return this.#applied.find(ref)?.wanted;
  }

  /** The uid of the object when it was last applied; by it, one whose labels are gone is known. */
  appliedUid(ref: ObjectRef): string | undefined {
    return this.#applied.find(ref)?.uid;
  }

  /** Forgets what was applied, so that the next apply sends its request. */
  forget(ref: ObjectRef): void {
    this.#applied.keepOnly((applied) => !applied.isOf(ref));
  }

  /** Forgets what is not wanted any more. */
  keepOnly(wanted: readonly ObjectRef[]): void {
    const found = new Set(wanted.map((ref) => this.#applied.find(ref)));
    this.#applied.keepOnly((applied) => found.has(applied));
  }

  async #applyTo({ wanted, digest, applied, found, signal }: Attempt): Promise<ApplyOutcome> {
    const { log, compact, compactAnswer } = this.#options;
    if (found !== undefined) this.#assertOurs(found, applied);
    const known = applied?.wanted === digest;
    const { answer, takenBack } = await this.#enforce({ wanted, found, known, signal });
    const whole = withoutManagedFields(answer);
    const object = compactAnswer(whole);
    const left = contentDigest(object);
    this.#applied.set(object, new Applied(digest, found, object));
    const changed = found === undefined || isCompact(found) ? [] : differingPaths(contentOf(found), contentOf(whole));
    const result = resultOf(found, left, compact);
    log.debug({ object: describeRef(wanted), result, changed }, "Applied");
    return { result, object, whole, changed, known, takenBack };
  }

  /** Of what was applied before just like this, others have taken fields: without force, the API server says who. */
  async #enforce({ wanted, found, known, signal }: Enforcement): Promise<Enforced> {
    const asks = found !== undefined && known;
    try {
      return { answer: await this.#send(wanted, found, !asks, signal), takenBack: [] };
    } catch (error) {
      const takenBack = asks ? fieldConflicts(error) : [];
      if (takenBack.length === 0) throw error;
      return { answer: await this.#send(wanted, found, true, signal), takenBack };
    }
  }

  /** Answers with the object as it is then, managedFields included. */
  async #send(
    wanted: KubernetesObject,
    found: KubernetesObject | undefined,
    force: boolean,
    signal: AbortSignal | undefined,
  ): Promise<KubernetesObject> {
    const uid = found?.metadata.uid;
    const query = { force: String(force), fieldValidation: "Strict" };
    // The uid makes the API server refuse when the object that was looked at is gone, or another one has its name. One
    // that is to be made names a version that no object has: then it refuses if there is one.
    const precondition = uid === undefined ? { resourceVersion: NO_VERSION } : { uid };
    const body = { ...wanted, metadata: { ...wanted.metadata, ...precondition } };
    const apply = () => this.#patch(wanted, "application/apply-patch+yaml", body, signal, query);
    try {
      return await this.#applyWhole(wanted, apply, signal);
    } catch (error) {
      if (uid === undefined || !(error instanceof ApiError && error.isInvalid)) throw error;
      // A list item is found by its key: after an edit of the key, the edited item is another one that was added, and
      // both together may be invalid (two ports of one name). Then what was added has to go first.
      const live = await this.#read(wanted, signal);
      if (live.metadata.uid !== uid) throw error;
      if ((await this.#removeAdditions(wanted, live, signal).catch(() => undefined)) === undefined) throw error;
      return apply();
    }
  }

  /**
   * Applies and removes additions, until nobody changed anything else between the two: the answer to the second request
   * would show that change as what the apply left, and it would never be put right.
   */
  async #applyWhole(
    wanted: KubernetesObject,
    apply: () => Promise<KubernetesObject>,
    signal: AbortSignal | undefined,
  ): Promise<KubernetesObject> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const applied = await apply();
      const cleaned = await this.#removeAdditions(wanted, applied, signal);
      if (cleaned === undefined) return applied;
      const parts = this.#options.wholeParts[wanted.kind] ?? [];
      if (differOnlyIn(contentOf(applied), contentOf(cleaned), parts)) return cleaned;
    }
    const message = `${describeRef(wanted)} was changed each of ${MOST_TRIES} times between two requests`;
    throw new ApiError({ status: 409, reason: "Conflict", message });
  }

  /** Undefined when there is nothing to remove. */
  async #removeAdditions(
    wanted: KubernetesObject,
    live: KubernetesObject,
    signal: AbortSignal | undefined,
  ): Promise<KubernetesObject | undefined> {
    const { fieldManager, wholeParts } = this.#options;
    const operations = removeAdditions(wanted, live, fieldManager, wholeParts[wanted.kind] ?? []);
    return operations.length === 0 ? undefined : this.#patch(wanted, "application/json-patch+json", operations, signal);
  }

  #patch(
    wanted: KubernetesObject,
    contentType: string,
    body: unknown,
    signal: AbortSignal | undefined,
    query: Readonly<Record<string, string>> = {},
  ): Promise<KubernetesObject> {
    const { client, types, fieldManager } = this.#options;
    const path = objectPath(types.of(wanted), wanted);
    return client.request({
      method: "PATCH",
      path,
      query: { fieldManager, ...query },
      contentType,
      body,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  #read(wanted: KubernetesObject, signal: AbortSignal | undefined): Promise<KubernetesObject> {
    const path = objectPath(this.#options.types.of(wanted), wanted);
    return this.#options.client.request({ method: "GET", path, ...(signal === undefined ? {} : { signal }) });
  }

  async #get(wanted: KubernetesObject, signal: AbortSignal | undefined): Promise<KubernetesObject | undefined> {
    try {
      return withoutManagedFields(await this.#read(wanted, signal));
    } catch (error) {
      if (isNotFound(error)) {
        return undefined;
      }
      throw error;
    }
  }

  #assertOurs(object: KubernetesObject, applied: Applied | undefined): void {
    if (!this.#options.isOurs(object, applied?.uid)) throw new NotOursError(object);
  }
}

interface Enforcement {
  readonly wanted: KubernetesObject;
  readonly found: KubernetesObject | undefined;
  readonly known: boolean;
  readonly signal: AbortSignal | undefined;
}

interface Enforced {
  readonly answer: KubernetesObject;
  readonly takenBack: readonly FieldConflict[];
}

interface Attempt {
  readonly wanted: KubernetesObject;
  readonly digest: string;
  readonly applied: Applied | undefined;
  readonly found: KubernetesObject | undefined;
  readonly signal: AbortSignal | undefined;
}

function resultOf(
  found: KubernetesObject | undefined,
  left: string,
  compact: (object: KubernetesObject) => KubernetesObject,
): ApplyOutcome["result"] {
  if (found === undefined) return "created";
  return contentDigest(compact(found)) === left ? "unchanged" : "configured";
}

/**
 * The object that the cache shows is gone, or there is one that it does not show (both a conflict), or another has its
 * name (its uid cannot become ours).
 */
function isReplaced(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    (error.isConflict ||
      (error.isInvalid && error.details?.causes?.some(({ field }) => field === "metadata.uid") === true))
  );
}

function describeRef({ apiVersion, kind, metadata: { namespace, name } }: KubernetesObject): string {
  return `${apiVersion} ${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
