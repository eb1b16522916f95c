import { CONFIG_DIRECTORY, DATA_DIRECTORY, GROUP_NAME, PORTS } from "../place.ts";

/** There while a member has never had the data: it must not become the master of those who have. */
const INCOMPLETE = `${DATA_DIRECTORY}/incomplete`;
const WAITING = "/tmp/waiting";

const COMPLETE_PRIORITY = 100;

const GROUP = `. ${CONFIG_DIRECTORY}/group.sh`;

/**
 * Starts Redis as what a majority of the Sentinels say that it is: one that comes back after a failover never takes a
 * write as the master that it was. Further settings come on standard input, so that the password stands neither in a
 * file nor in the arguments.
 */
export const redisStart = `${GROUP}
own=$(address "$SELF")
touch ${WAITING}
while :; do
  set -- $(master_by_at_least "$QUORUM")
  master=\${2:-}
  replicas=\${3:-0}
  if [ -n "$master" ] && [ "$master" != "$own" ]; then
    role="replicaof $master ${PORTS.redis}"
    [ -e ${DATA_DIRECTORY}/appendonlydir ] || touch ${INCOMPLETE}
    break
  fi
  if [ "$master" = "$own" ]; then
    # Without data, and with replicas that have them, it waits until Sentinel has promoted one of these.
    if [ "$replicas" = 0 ] || { [ -e ${DATA_DIRECTORY}/appendonlydir ] && [ ! -e ${INCOMPLETE} ]; }; then
      role=
      rm -f ${INCOMPLETE}
      break
    fi
  fi
  sleep 0.5
done
priority=${COMPLETE_PRIORITY}
[ ! -e ${INCOMPLETE} ] || priority=0
rm -f ${WAITING}
exec redis-server ${CONFIG_DIRECTORY}/redis.conf - <<EOF
requirepass $REDISCLI_AUTH
masterauth $REDISCLI_AUTH
replica-announce-ip $own
replica-priority $priority
$role
EOF
`;

/** Ready is the master, and a replica that has the master's data and follows it. */
export const redisReady = `redis-cli -p ${PORTS.redis} -e info replication | tr -d '\\r' | grep -q -x -e role:master -e master_link_status:up
if [ -e ${INCOMPLETE} ]; then
  redis-cli -p ${PORTS.redis} -e config set replica-priority ${COMPLETE_PRIORITY}
  rm -f ${INCOMPLETE}
fi
`;

/** Any answer counts, also "LOADING"; and one that waits for the word of the Sentinels is not hung. */
export const redisAlive = `[ -e ${WAITING} ] || redis-cli -p ${PORTS.redis} ping
`;

/** After this, Sentinels find out by themselves that the master is gone. */
const LEAVE_SECONDS = 15;

/**
 * Runs before Redis is told to end. A master asks the Sentinel of another member for a failover, once, and ends when
 * that one says that it is done. The own Sentinel is told to end at the same time, so it is not asked.
 */
export const redisLeave = `${GROUP}
redis-cli -p ${PORTS.redis} -e info replication | tr -d '\\r' | grep -q -x role:master || exit 0
own=$(address "$SELF")
asked=
end=$(($(date +%s) + ${LEAVE_SECONDS}))
while [ "$(date +%s)" -lt "$end" ]; do
  for member in $MEMBERS; do
    [ "$member" != "$SELF" ] || continue
    set -- $(master_by "$member")
    [ -n "\${2:-}" ] || continue
    [ "$2" = "$own" ] || exit 0
    if [ -z "$asked" ] && [ "$(ask "$member" sentinel failover ${GROUP_NAME})" = OK ]; then
      asked=$member
    fi
  done
  sleep 0.3
done
`;
