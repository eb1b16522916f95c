import { expect, test } from "vitest";
import { SAMPLE_MODEL } from "../../testing/sample-model.ts";
import { patroniConfiguration } from "./patroni-configuration.ts";

test("Patroni is configured whole", () => {
  expect(patroniConfiguration(SAMPLE_MODEL, 200)).toStrictEqual({
    scope: "postgresql",
    kubernetes: {
      namespace: "data-layer",
      use_endpoints: true,
      scope_label: "app.kubernetes.io/name",
      labels: { "app.kubernetes.io/instance": "demo" },
      role_label: "profileplatform.io/postgresql-role",
      leader_label_value: "primary",
      follower_label_value: "replica",
      standby_leader_label_value: "primary",
      ports: [{ name: "postgresql", port: 5432 }],
    },
    restapi: { listen: "0.0.0.0:8008" },
    bootstrap: {
      dcs: {
        ttl: 20,
        loop_wait: 3,
        retry_timeout: 3,
        failsafe_mode: true,
        synchronous_mode: "quorum",
        synchronous_mode_strict: false,
        synchronous_node_count: 1,
        postgresql: {
          use_pg_rewind: true,
          use_slots: true,
          parameters: {
            wal_level: "replica",
            hot_standby: "on",
            max_connections: 200,
            max_worker_processes: 8,
            max_wal_senders: 10,
            max_replication_slots: 10,
            max_prepared_transactions: 0,
            max_locks_per_transaction: 64,
            track_commit_timestamp: "off",
            wal_log_hints: "on",
          },
        },
      },
      initdb: [
        { encoding: "UTF8" },
        { "locale-provider": "builtin" },
        { "builtin-locale": "C.UTF-8" },
        { locale: "C.UTF-8" },
        "data-checksums",
      ],
      post_bootstrap: "sh /etc/patroni/roles.sh",
    },
    postgresql: {
      listen: "0.0.0.0:5432",
      data_dir: "/var/lib/postgresql/data",
      pgpass: "/run/postgresql/pgpass",
      use_unix_socket: true,
      use_unix_socket_repl: true,
      basebackup: [{ checkpoint: "fast" }],
      parameters: {
        shared_buffers: "128MB",
        effective_cache_size: "384MB",
        huge_pages: "off",
        log_checkpoints: "on",
        log_lock_waits: "on",
        log_error_verbosity: "terse",
        tcp_keepalives_idle: "30",
        tcp_keepalives_interval: "10",
        tcp_keepalives_count: "3",
        password_encryption: "scram-sha-256",
        unix_socket_directories: "/run/postgresql",
      },
      pg_hba: [
        "local all all trust",
        "local replication all trust",
        "host all postgres all reject",
        "host replication replicator all scram-sha-256",
        "host replication all all reject",
        "host all all all scram-sha-256",
      ],
      callbacks: {
        on_start: "sh /etc/patroni/roles.sh",
        on_restart: "sh /etc/patroni/roles.sh",
        on_role_change: "sh /etc/patroni/roles.sh",
      },
    },
    watchdog: { mode: "off" },
  });
});

test("without synchronous replication, a commit waits for nobody", () => {
  const model = { ...SAMPLE_MODEL, postgresql: { ...SAMPLE_MODEL.postgresql, synchronous: "off" as const } };
  expect(patroniConfiguration(model, 200)).toHaveProperty("bootstrap.dcs.synchronous_mode", "off");
});
