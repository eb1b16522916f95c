import { stringify } from "yaml";
import type { KubernetesObject } from "../../../kubernetes.ts";
import { objectMeta } from "../../kit/place.ts";
import type { PlatformModel } from "../../model.ts";
import { patroniConfiguration } from "./patroni-configuration.ts";
import { PLACE } from "./place.ts";
import { ROLE_SCRIPT, ROLE_SQL } from "./role-script.ts";

export const CONFIG_MAP_NAME = `${PLACE.name}-patroni`;

const made = new WeakMap<PlatformModel, Readonly<Record<string, string>>>();

/** Once for each model: the pods carry its hash, and to write YAML takes as long as all else of a platform. */
export function configData(model: PlatformModel): Readonly<Record<string, string>> {
  const data = made.get(model) ?? writeConfiguration(model);
  made.set(model, data);
  return data;
}

function writeConfiguration(model: PlatformModel): Readonly<Record<string, string>> {
  return {
    // Patroni reads YAML 1.1, where a bare `off` is not a string.
    "patroni.yml": stringify(patroniConfiguration(model), { version: "1.1", lineWidth: 0 }),
    "roles.sh": ROLE_SCRIPT,
    "roles.sql": ROLE_SQL,
  };
}

export function configMap(model: PlatformModel): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: objectMeta(model, PLACE, { name: CONFIG_MAP_NAME }),
    data: configData(model),
  };
}
