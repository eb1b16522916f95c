import type { PlatformModel } from "../../../model.ts";
import { GROUP_NAME, memberHosts, PORTS } from "../place.ts";

/** What the other scripts share: who the members are, and what their Sentinels say. */
export function groupScript(model: PlatformModel): string {
  const hosts = memberHosts(model);
  const [first = ""] = hosts;
  return `MEMBERS="${hosts.join(" ")}"
FIRST=${first}
SELF=$POD_NAME.\${FIRST#*.}
QUORUM=${Math.floor(hosts.length / 2) + 1}

# Address of the Service of that name: it stays for as long as the Service does.
address() {
  until getent hosts "$1" | awk '{ print $1; found = 1; exit } END { exit !found }'; do
    sleep 0.2
  done
}

# ask HOST COMMAND...: the answer of the Sentinel there; nothing where none answers.
ask() {
  host=$1
  shift
  timeout 2 redis-cli -h "$host" -p ${PORTS.sentinel} -e "$@" 2>/dev/null || true
}

# "epoch address replicas" of the master, as the Sentinel at HOST knows it.
master_by() {
  ask "$1" sentinel master ${GROUP_NAME} | awk '
    NR % 2 { field = $0; next }
    { value[field] = $0 }
    END { if ("ip" in value) print value["config-epoch"], value["ip"], value["num-slaves"] }'
}

# The same, of the latest failover that any Sentinel knows; nothing unless at least COUNT of them answer.
master_by_at_least() {
  for member in $MEMBERS; do
    master_by "$member"
  done | sort -r -n | awk -v count="$1" 'NR == 1 { latest = $0 } END { if (NR >= count) print latest }'
}
`;
}
