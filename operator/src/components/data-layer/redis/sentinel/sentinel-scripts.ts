import { CONFIG_DIRECTORY, DATA_DIRECTORY, GROUP_NAME, PORTS } from "../place.ts";

const DIRECTORY = `${DATA_DIRECTORY}/sentinel`;
const FILE = `${DIRECTORY}/sentinel.conf`;

/** What Sentinel itself writes of what it knows, as opposed to how it is to work. */
const STATE = "^sentinel (monitor|config-epoch|leader-epoch|current-epoch|known-replica|known-sentinel) ";

/**
 * Sentinel keeps what it knows in its configuration file, which has to outlive the pod: after a restart of all members
 * it says who the master was. How it works is written anew with each start. The file has the password, for Sentinel
 * writes down all that it was told, so nobody else may read it.
 *
 * Its identity follows from the pod's name: one that came back with another after the loss of its volume would count
 * as one more among those that a majority is needed of.
 */
export const sentinelStart = `. ${CONFIG_DIRECTORY}/group.sh
umask 077
mkdir -p ${DIRECTORY}
own=$(address "$SELF")
if grep -q '^sentinel monitor ' ${FILE} 2>/dev/null; then
  grep -E '${STATE}' ${FILE} > ${FILE}.new
else
  # Without a state of its own it believes the others; when nobody has one, the first member begins as the master.
  set -- $(master_by_at_least 1)
  echo "sentinel monitor ${GROUP_NAME} \${2:-$(address "$FIRST")} ${PORTS.redis} $QUORUM" > ${FILE}.new
fi
cat >> ${FILE}.new <<EOF
bind * -::*
port ${PORTS.sentinel}
dir ${DIRECTORY}
requirepass $REDISCLI_AUTH
sentinel sentinel-pass $REDISCLI_AUTH
sentinel auth-pass ${GROUP_NAME} $REDISCLI_AUTH
sentinel myid $(printf %s "$SELF" | sha1sum | cut -c 1-40)
sentinel announce-ip $own
sentinel announce-port ${PORTS.sentinel}
sentinel down-after-milliseconds ${GROUP_NAME} 5000
sentinel failover-timeout ${GROUP_NAME} 10000
sentinel parallel-syncs ${GROUP_NAME} 1
sentinel deny-scripts-reconfig yes
EOF
mv ${FILE}.new ${FILE}
exec redis-server ${FILE} --sentinel
`;

/** Ready is a Sentinel that finds the master well, and enough others to decide with. */
export const sentinelReady = `redis-cli -p ${PORTS.sentinel} -e sentinel ckquorum ${GROUP_NAME}
redis-cli -p ${PORTS.sentinel} -e sentinel master ${GROUP_NAME} | awk '
  NR % 2 { field = $0; next }
  field == "flags" { flags = $0 }
  END { exit flags != "master" }'
`;
