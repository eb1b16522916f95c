import type { PlatformBackup, PlatformBackupStatus, ProfilePlatform } from "@profile-platform/crds";
import { writeStatus } from "../engine/apply/status-writer.ts";
import type { ApiClient } from "../engine/client/api-client.ts";
import { ApiError, isNotFound } from "../engine/client/api-error.ts";
import { objectPath, type ResourceType, resourcePath } from "../engine/client/resource-type.ts";
import type { KubernetesObject } from "../kubernetes.ts";
import { BACKUP_TYPE, JOB_TYPE, PLATFORM_TYPE } from "../platform/live/kinds.ts";
import { isOwnedBy, ownerReference, type PlatformIdentity } from "../platform/plan/identity.ts";

/** Requests of one reconcile about backups. Each throws ApiError for what it does not expect. */
export class BackupRequests {
  readonly #client: Pick<ApiClient, "request">;
  readonly #signal: AbortSignal;

  constructor(client: Pick<ApiClient, "request">, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  /** By a live look; undefined when there is none. */
  async readPlatform(name: string): Promise<ProfilePlatform | undefined> {
    try {
      const path = resourcePath(PLATFORM_TYPE, { name });
      return await this.#client.request<ProfilePlatform>({ method: "GET", path, signal: this.#signal });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Makes an object, unless there is one of its name. */
  async create(type: ResourceType, object: KubernetesObject): Promise<void> {
    const { namespace } = object.metadata;
    const path = resourcePath(type, { namespace });
    try {
      await this.#client.request({ method: "POST", path, body: object, signal: this.#signal });
    } catch (error) {
      // 409 has two meanings; the other one, of updates, cannot come here.
      if (!(error instanceof ApiError && error.isConflict)) throw error;
    }
  }

  async writeStatus(backup: PlatformBackup, status: PlatformBackupStatus): Promise<boolean> {
    return writeStatus(this.#client as ApiClient, BACKUP_TYPE, asObject(backup), status, this.#signal);
  }

  /** Has a backup go with its platform. Returns whether it did not before. */
  async adopt(backup: PlatformBackup, platform: PlatformIdentity): Promise<boolean> {
    const { metadata } = asObject(backup);
    if (isOwnedBy(asObject(backup), platform.uid)) return false;
    const ownerReferences = [...(metadata.ownerReferences ?? []), ownerReference(platform)];
    await this.#client.request({
      method: "PATCH",
      path: objectPath(BACKUP_TYPE, asObject(backup)),
      contentType: "application/merge-patch+json",
      // With the version, so that references that others set meanwhile stay.
      body: { metadata: { resourceVersion: metadata.resourceVersion, ownerReferences } },
      signal: this.#signal,
    });
    return true;
  }

  /** Removes that very backup, if it is still there. */
  async remove(backup: PlatformBackup): Promise<void> {
    await this.#delete(BACKUP_TYPE, asObject(backup));
  }

  async removeJob(namespace: string, name: string): Promise<void> {
    await this.#delete(JOB_TYPE, { apiVersion: "batch/v1", kind: "Job", metadata: { namespace, name } });
  }

  async #delete(type: ResourceType, object: KubernetesObject): Promise<void> {
    const { uid } = object.metadata;
    const preconditions = uid === undefined ? {} : { preconditions: { uid } };
    try {
      await this.#client.request({
        method: "DELETE",
        path: objectPath(type, object),
        body: { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Background", ...preconditions },
        signal: this.#signal,
      });
    } catch (error) {
      if (!(error instanceof ApiError && (error.isNotFound || error.isConflict))) throw error;
    }
  }
}

/** The fields that both types have are the same ones. */
export function asObject(backup: PlatformBackup): KubernetesObject {
  return backup as unknown as KubernetesObject;
}
