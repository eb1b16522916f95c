import type { KubernetesObject } from "../kubernetes.ts";
import type { ApiClient } from "./api-client.ts";
import { ApiError, isNotFound } from "./api-error.ts";
import { contentOf, differingPaths, hashOf } from "./content.ts";
import type { Logger } from "./log.ts";
import { withoutManagedFields } from "./raw-object.ts";
import { objectPath, type ResourceTypes } from "./resource-type.ts";

export interface ApplierOptions {
  /** Fenced, if there can be two of this process. */
  readonly client: ApiClient;
  readonly types: ResourceTypes;
  readonly fieldManager: string;
  readonly log: Logger;
  /** Whether an object that exists may be changed. */
  readonly isOurs: (object: KubernetesObject) => boolean;
}

export interface ApplyOutcome {
  readonly result: "created" | "configured" | "unchanged";
  /** As the API server has it now; of an unchanged one as last seen. */
  readonly object: KubernetesObject;
  /** Fields that differed from the live object; empty for a new one. Never values. */
  readonly changed: readonly string[];
}

export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly namespace?: string; readonly name: string };
}

/** The object exists and belongs to somebody else. */
export class NotOursError extends Error {
  readonly object: KubernetesObject;
  /** Who it belongs to, as far as it says. */
  readonly ownerDescription: string;

  constructor(object: KubernetesObject) {
    const owner = describeOwner(object);
    super(`${describeRef(object)} exists and ${owner}: rename or remove it, it is not touched`);
    this.name = "NotOursError";
    this.object = object;
    this.ownerDescription = owner;
  }
}

/** What the last apply found and left. */
interface Applied {
  readonly wanted: string;
  readonly foundVersion: string | undefined;
  /** The last state known to have this content: what the apply left, or a later change of the status. */
  leftVersion: string | undefined;
  readonly leftContent: string;
}

/**
 * Server-side apply under one field manager, skipped while neither the wanted object nor the live one changed since the
 * last time. What was applied is remembered in memory only: after a restart each object is applied once more, which the
 * API server answers without writing when it changes nothing.
 */
export class Applier {
  readonly #options: ApplierOptions;
  readonly #applied = new Map<string, Applied>();

  constructor(options: ApplierOptions) {
    this.#options = options;
  }

  /**
   * Makes the fields of `wanted` so. `live` is the object as the cache has it; undefined makes it look for itself.
   * Throws NotOursError, or ApiError.
   */
  async apply(
    wanted: KubernetesObject,
    live: KubernetesObject | undefined,
    signal?: AbortSignal,
  ): Promise<ApplyOutcome> {
    const found = live ?? (await this.#get(wanted, signal));
    try {
      return await this.#applyTo(wanted, found, signal);
    } catch (error) {
      if (live === undefined || !isReplaced(error)) {
        throw error;
      }
      return this.#applyTo(wanted, await this.#get(wanted, signal), signal);
    }
  }

  /** Forgets what was applied, so that the next apply sends its request. */
  forget(ref: ObjectRef): void {
    this.#applied.delete(describeRef(ref));
  }

  async #applyTo(
    wanted: KubernetesObject,
    found: KubernetesObject | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ApplyOutcome> {
    if (found !== undefined && !this.#options.isOurs(found)) {
      throw new NotOursError(found);
    }
    const ref = describeRef(wanted);
    const wantedHash = hashOf(wanted);
    if (found !== undefined && isUpToDate(this.#applied.get(ref), wantedHash, found)) {
      return { result: "unchanged", object: found, changed: [] };
    }
    const object = await this.#send(wanted, found, signal);
    this.#applied.set(ref, {
      wanted: wantedHash,
      foundVersion: found?.metadata.resourceVersion,
      leftVersion: object.metadata.resourceVersion,
      leftContent: hashOf(contentOf(object)),
    });
    const changed = found === undefined ? [] : differingPaths(contentOf(found), contentOf(object));
    const result = found === undefined ? "created" : changed.length === 0 ? "unchanged" : "configured";
    this.#options.log.debug({ object: ref, result, changed }, "Applied");
    return { result, object, changed };
  }

  async #send(
    wanted: KubernetesObject,
    found: KubernetesObject | undefined,
    signal: AbortSignal | undefined,
  ): Promise<KubernetesObject> {
    const { client, types, fieldManager } = this.#options;
    const uid = found?.metadata.uid;
    // The uid makes the API server refuse when the object that was looked at is gone, or another one has its name.
    // For one that does not exist there is no such precondition; without force, fields that another owner has set in
    // the meantime are a conflict.
    const body = uid === undefined ? wanted : { ...wanted, metadata: { ...wanted.metadata, uid } };
    const object = await client.request({
      method: "PATCH",
      path: objectPath(types.of(wanted), wanted),
      query: { fieldManager, force: String(uid !== undefined), fieldValidation: "Strict" },
      contentType: "application/apply-patch+yaml",
      body,
      ...(signal === undefined ? {} : { signal }),
    });
    return withoutManagedFields(object);
  }

  async #get(ref: ObjectRef, signal: AbortSignal | undefined): Promise<KubernetesObject | undefined> {
    const path = objectPath(this.#options.types.of(ref), ref);
    try {
      return withoutManagedFields(
        await this.#options.client.request({ method: "GET", path, ...(signal === undefined ? {} : { signal }) }),
      );
    } catch (error) {
      if (isNotFound(error)) {
        return undefined;
      }
      throw error;
    }
  }
}

/** The object that the cache shows is gone (a conflict), or another has its name (its uid cannot become ours). */
function isReplaced(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    (error.isConflict ||
      (error.isInvalid && error.details?.causes?.some(({ field }) => field === "metadata.uid") === true))
  );
}

function isUpToDate(applied: Applied | undefined, wanted: string, found: KubernetesObject): boolean {
  if (applied === undefined || applied.wanted !== wanted) {
    return false;
  }
  const { resourceVersion } = found.metadata;
  // The found one: the cache has not heard of the last apply yet; its event will bring the key back.
  if (resourceVersion === applied.leftVersion || resourceVersion === applied.foundVersion) {
    return true;
  }
  const same = hashOf(contentOf(found)) === applied.leftContent;
  if (same) {
    applied.leftVersion = resourceVersion;
  }
  return same;
}

function describeRef({ apiVersion, kind, metadata: { namespace, name } }: ObjectRef): string {
  return `${apiVersion} ${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

function describeOwner({ metadata: { ownerReferences = [], labels = {} } }: KubernetesObject): string {
  const controller = ownerReferences.find((owner) => owner.controller === true) ?? ownerReferences[0];
  if (controller !== undefined) {
    return `belongs to ${controller.kind} ${controller.name}`;
  }
  const manager = labels["app.kubernetes.io/managed-by"];
  const instance = labels["app.kubernetes.io/instance"];
  return manager === undefined
    ? "was made by somebody else"
    : `is managed by ${manager}${instance === undefined ? "" : ` for ${instance}`}`;
}
