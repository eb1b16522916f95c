/**
 * SQL: which count of transactions, and which write-ahead log, this is: that of a cluster, until a standby takes over
 * or a backup is restored, which may have lost the last transactions and gives their numbers and places to others. A
 * restart loses nothing and changes nothing. On a standby this fails, and so it should: what happened there last is not
 * what happened last.
 */
export const history = `to_hex((SELECT system_identifier FROM pg_control_system()))
  || '-' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)`;
