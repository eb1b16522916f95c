import type { Place } from "../../kit/place.ts";

export const PLACE = { name: "postgresql", layer: "data-layer" } as const satisfies Place;

export const PORTS = { postgresql: 5432, patroni: 8008 } as const;

/** Port of pgBackRest's server, in the pods of PostgreSQL as in the one of its repository. */
export const BACKUP_PORTS = { pgbackrest: 8432 } as const;

/** Name of the cluster for Patroni, and of the Service and Endpoints by which it publishes the primary. */
export const SCOPE = PLACE.name;

/** Name of the Service that leads to the replicas; to the primary where it is the only instance. */
export const READ_ONLY_SERVICE = `${PLACE.name}-ro`;

/** Roles that Patroni logs in with; the superuser only through the socket in its own container. */
export const ROLES = { superuser: "postgres", replication: "replicator", rewind: "rewind" } as const;

export const CONFIG_DIRECTORY = "/etc/patroni";
export const CREDENTIALS_DIRECTORY = "/etc/postgresql-credentials";
export const VOLUME_DIRECTORY = "/var/lib/postgresql";
export const DATA_DIRECTORY = `${VOLUME_DIRECTORY}/data`;
export const RUN_DIRECTORY = "/run/postgresql";
