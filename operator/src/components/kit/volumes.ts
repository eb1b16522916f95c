import type { V1PersistentVolumeClaim, V1Volume } from "@kubernetes/client-node";
import type { Storage } from "@profile-platform/crds";
import type { PlatformModel } from "../model.ts";
import { objectMeta, type Place } from "./place.ts";

/** Room for scratch files on the node's disk; the pod is evicted above the limit, so that it cannot fill the node. */
export function scratchVolume(name: string, sizeLimit: string): V1Volume {
  return { name, emptyDir: { sizeLimit } };
}

/** Room in memory: secrets written there never reach a disk. It counts against the container's memory limit. */
export function memoryVolume(name: string, sizeLimit: string): V1Volume {
  return { name, emptyDir: { medium: "Memory", sizeLimit } };
}

export function configVolume(name: string, configMap: string): V1Volume {
  return { name, configMap: { name: configMap, defaultMode: 0o444 } };
}

/**
 * Claim of a StatefulSet's `data` volume. Claim templates can never change, so nothing in here may depend on a field
 * that a platform can change.
 */
export function dataClaim(model: PlatformModel, place: Place, storage: Storage): V1PersistentVolumeClaim {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "data", labels: objectMeta(model, place).labels },
    spec: {
      accessModes: ["ReadWriteOnce"],
      volumeMode: "Filesystem",
      resources: { requests: { storage: storage.size } },
      ...(storage.storageClassName === undefined ? {} : { storageClassName: storage.storageClassName }),
    },
  };
}

/**
 * Claims outlive their StatefulSet always: with `Delete`, a StatefulSet that somebody deletes by hand would take the
 * data along. `deletionPolicy: Delete` removes claims with the platform, not with the StatefulSet.
 */
export const KEEP_CLAIMS = { whenDeleted: "Retain", whenScaled: "Retain" };
