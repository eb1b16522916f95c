import { LABEL_INSTANCE, LABEL_NAME, LABEL_POSTGRESQL_ROLE } from "../../../labels.ts";
import type { PlatformModel } from "../../model.ts";
import { serverParameters, sharedParameters } from "./parameters.ts";
import { CONFIG_DIRECTORY, DATA_DIRECTORY, PLACE, PORTS, ROLES, RUN_DIRECTORY, SCOPE } from "./place.ts";

/**
 * Contents of patroni.yml. What differs between members, and every password, comes in through the environment.
 *
 * @param maxConnections connections that PostgreSQL accepts if its cluster is made now
 */
export function patroniConfiguration(model: PlatformModel, maxConnections: number): object {
  const applyRoles = `sh ${CONFIG_DIRECTORY}/roles.sh`;
  return {
    scope: SCOPE,
    kubernetes: {
      namespace: model.namespaces[PLACE.layer],
      use_endpoints: true,
      scope_label: LABEL_NAME,
      labels: { [LABEL_INSTANCE]: model.name },
      role_label: LABEL_POSTGRESQL_ROLE,
      leader_label_value: "primary",
      follower_label_value: "replica",
      standby_leader_label_value: "primary",
      // kube-proxy joins Services and Endpoints by the name of the port.
      ports: [{ name: "postgresql", port: PORTS.postgresql }],
    },
    restapi: { listen: `0.0.0.0:${PORTS.patroni}` },
    bootstrap: {
      dcs: sharedConfiguration(model, maxConnections),
      initdb: [
        { encoding: "UTF8" },
        // PostgreSQL's own collation: the operating system's changes with its version, and corrupts indexes silently.
        { "locale-provider": "builtin" },
        { "builtin-locale": "C.UTF-8" },
        { locale: "C.UTF-8" },
        "data-checksums",
      ],
      post_bootstrap: applyRoles,
    },
    postgresql: {
      listen: `0.0.0.0:${PORTS.postgresql}`,
      data_dir: DATA_DIRECTORY,
      pgpass: `${RUN_DIRECTORY}/pgpass`,
      use_unix_socket: true,
      use_unix_socket_repl: true,
      // A new replica's copy starts with a checkpoint, which by default takes minutes, to go easy on a busy disk.
      basebackup: [{ checkpoint: "fast" }],
      parameters: serverParameters(model),
      pg_hba: HOST_BASED_AUTHENTICATION,
      // Passwords of a Secret that was made anew are set by the next primary that starts.
      callbacks: { on_start: applyRoles, on_restart: applyRoles, on_role_change: applyRoles },
    },
    watchdog: { mode: "off" },
  };
}

/** Written to Patroni's store when the cluster is made. */
function sharedConfiguration(model: PlatformModel, maxConnections: number): object {
  return {
    // A primary that is cut off gives up after ttl at the latest; loop_wait + 2 × retry_timeout must fit in.
    ttl: 20,
    loop_wait: 3,
    retry_timeout: 3,
    // Without it, a primary stops writing whenever the Kubernetes API is away for longer than retry_timeout; with it,
    // it goes on as long as it reaches all other members.
    failsafe_mode: true,
    synchronous_mode: model.postgresql.synchronous === "quorum" ? "quorum" : "off",
    synchronous_mode_strict: false,
    synchronous_node_count: 1,
    postgresql: {
      use_pg_rewind: true,
      use_slots: true,
      parameters: sharedParameters(maxConnections),
    },
  };
}

/** First match wins. */
const HOST_BASED_AUTHENTICATION = [
  // The socket is seen in its own pod alone, where everything runs as the user that owns the data anyway.
  "local all all trust",
  "local replication all trust",
  `host all ${ROLES.superuser} all reject`,
  `host replication ${ROLES.replication} all scram-sha-256`,
  "host replication all all reject",
  "host all all all scram-sha-256",
];
