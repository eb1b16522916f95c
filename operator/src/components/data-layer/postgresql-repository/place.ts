import { serviceHost } from "../../../names.ts";
import type { Place } from "../../kit/place.ts";
import { membersServiceName } from "../../kit/service.ts";
import type { PlatformModel } from "../../model.ts";
import { BACKUP_PORTS } from "../postgresql/place.ts";

export const PLACE = { name: "postgresql-repository", layer: "data-layer" } as const satisfies Place;

export const PORTS = BACKUP_PORTS;

/** Where PostgreSQL finds the repository. */
export function repositoryHost({ namespaces }: Pick<PlatformModel, "namespaces">): string {
  return serviceHost(membersServiceName(PLACE), namespaces[PLACE.layer]);
}

/** What pgBackRest calls the database of a platform: a repository has one. */
export const STANZA = "main";

/** Names by which the two sides know each other's certificates. */
export const PARTY = { postgresql: "postgresql", repository: "repository" } as const;

/** Where pgBackRest looks for its configuration by itself, on either side. */
export const CONFIG_DIRECTORY = "/etc/pgbackrest";
export const TLS_DIRECTORY = "/etc/pgbackrest-tls";
export const VOLUME_DIRECTORY = "/var/lib/pgbackrest";
