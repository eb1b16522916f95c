import { stringify } from "yaml";
import type { KubernetesObject } from "../../../kubernetes.ts";
import { Recent } from "../../../recent.ts";
import { objectMeta } from "../../kit/place.ts";
import type { PlatformModel } from "../../model.ts";
import { LEAST_MAX_CONNECTIONS, maxConnections } from "./connections.ts";
import { patroniConfiguration } from "./patroni-configuration.ts";
import { PLACE } from "./place.ts";
import { ROLE_SCRIPT, ROLE_SQL } from "./role-script.ts";

export const CONFIG_MAP_NAME = `${PLACE.name}-patroni`;

export function configData(model: PlatformModel): Readonly<Record<string, string>> {
  return configDataWith(model, maxConnections(model));
}

/**
 * What pods restart for. How many connections a cluster is made for follows the number of servers, and is nothing to one
 * that exists: Patroni would not look at it.
 */
export function configDataInEffect(model: PlatformModel): Readonly<Record<string, string>> {
  return configDataWith(model, LEAST_MAX_CONNECTIONS);
}

function configDataWith(model: PlatformModel, connections: number): Readonly<Record<string, string>> {
  return {
    "patroni.yml": Object.entries(patroniConfiguration(model, connections)).map(writeSection).join(""),
    "roles.sh": ROLE_SCRIPT,
    "roles.sql": ROLE_SQL,
  };
}

/** To write YAML takes longer than to build all else of a platform, and most sections are the same for every one. */
const written = new Recent<string, string>(64);

function writeSection([name, value]: readonly [string, unknown]): string {
  const section = { [name]: value };
  // Patroni reads YAML 1.1, where a bare `off` is not a string.
  return written.get(JSON.stringify(section), () => stringify(section, { version: "1.1", lineWidth: 0 }));
}

export function configMap(model: PlatformModel): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: objectMeta(model, PLACE, { name: CONFIG_MAP_NAME }),
    data: configData(model),
  };
}
