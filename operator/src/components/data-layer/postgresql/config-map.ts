import { stringify } from "yaml";
import type { KubernetesObject } from "../../../kubernetes.ts";
import { objectMeta } from "../../kit/place.ts";
import type { PlatformModel } from "../../model.ts";
import { patroniConfiguration } from "./patroni-configuration.ts";
import { PLACE } from "./place.ts";
import { ROLE_SCRIPT, ROLE_SQL } from "./role-script.ts";

export const CONFIG_MAP_NAME = `${PLACE.name}-patroni`;

export function configData(model: PlatformModel): Record<string, string> {
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
