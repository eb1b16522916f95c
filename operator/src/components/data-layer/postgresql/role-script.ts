import { CONFIG_DIRECTORY, CREDENTIALS_DIRECTORY, ROLES, RUN_DIRECTORY } from "./place.ts";

/**
 * Patroni runs it after the first start of a new cluster with one argument (a connection string), and as a callback
 * with three (action, role, scope). A replica has nothing to do. Just after a promotion the server is still in
 * recovery for a moment.
 */
export const ROLE_SCRIPT = `set -eu
if [ "$#" -eq 3 ] && [ "$2" != primary ]; then exit 0; fi
export PGHOST=${RUN_DIRECTORY} PGUSER=${ROLES.superuser} PGDATABASE=postgres
attempt=0
until [ "$(psql --no-psqlrc --tuples-only --no-align --command='SELECT pg_is_in_recovery()')" = f ]; do
  attempt=$((attempt + 1))
  if [ "$attempt" -ge 60 ]; then echo 'roles: the server is not a primary after 60 s' >&2; exit 1; fi
  sleep 1
done
exec psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --file=${CONFIG_DIRECTORY}/roles.sql
`;

/**
 * Sets every password from the mounted Secret and makes the application's role and database where they are missing.
 * Runs any number of times. Patroni makes its own two roles after the first run.
 */
export const ROLE_SQL = `\\set username \`cat ${CREDENTIALS_DIRECTORY}/username\`
\\set database \`cat ${CREDENTIALS_DIRECTORY}/database\`
\\set password \`cat ${CREDENTIALS_DIRECTORY}/password\`
\\set replication_password \`cat ${CREDENTIALS_DIRECTORY}/replication-password\`
\\set rewind_password \`cat ${CREDENTIALS_DIRECTORY}/rewind-password\`

-- No password in the server's log, whatever the platform's parameters log.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
-- A replica that cannot log in yet must not hold up the commit that lets it in.
SET synchronous_commit = 'local';

\\o /dev/null
-- Two runs may meet: the first start of a cluster is also a change of role.
SELECT pg_advisory_lock(hashtext('roles'));

SELECT format('CREATE ROLE %I', :'username')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'username') \\gexec
ALTER ROLE :"username" WITH LOGIN PASSWORD :'password';

SELECT format('ALTER ROLE %I WITH LOGIN PASSWORD %L', role, password)
FROM (VALUES ('${ROLES.replication}', :'replication_password'), ('${ROLES.rewind}', :'rewind_password')) AS known (role, password)
WHERE EXISTS (SELECT FROM pg_roles WHERE rolname = role) \\gexec

SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'username')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \\gexec
-- Only the application's role may enter; the server's own databases hold nothing for others.
SELECT format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', datname)
FROM pg_database WHERE datname = :'database' \\gexec
`;
