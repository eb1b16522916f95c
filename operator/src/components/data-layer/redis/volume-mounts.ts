import type { V1VolumeMount } from "@kubernetes/client-node";
import { CONFIG_DIRECTORY, DATA_DIRECTORY } from "./place.ts";

/** What Redis sees of its pod's volumes, and a Sentinel beside it, which keeps what it knows on the same one. */
export function volumeMounts(): V1VolumeMount[] {
  return [
    { name: "data", mountPath: DATA_DIRECTORY },
    { name: "configuration", mountPath: CONFIG_DIRECTORY, readOnly: true },
    { name: "tmp", mountPath: "/tmp" },
  ];
}
