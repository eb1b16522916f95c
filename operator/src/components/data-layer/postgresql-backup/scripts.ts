import { STANZA } from "../postgresql-repository/place.ts";

export const STANZA_SCRIPT = "stanza.sh";
export const BACKUP_SCRIPT = "backup.py";

/**
 * Tells the repository which database it is for; any number of times. One that was made anew, after the former was lost
 * with its volumes, is taken up as the next (28 is what pgBackRest says then): what was kept of the former stays until
 * newer backups replace it.
 */
export const stanzaScript = `set -u
pgbackrest --stanza=${STANZA} stanza-create && exit 0
code=$?
[ "$code" -eq 28 ] || exit "$code"
exec pgbackrest --stanza=${STANZA} stanza-upgrade
`;

/**
 * Makes a backup (\`full\`, \`diff\` or \`incr\`) for the PlatformBackup with a uid, unless it has been made by now, and
 * says in the termination message what became of it: \`BackupResult\` of result.ts.
 */
export const backupScript = `import json
import subprocess
import sys

TYPES = {"full": "full", "diff": "differential", "incr": "incremental"}
kind, uid = sys.argv[1:]
pgbackrest = ["pgbackrest", "--stanza=${STANZA}"]


def end(result, code):
    with open("/dev/termination-log", "w", encoding="utf-8") as file:
        file.write(json.dumps(result))
    sys.exit(code)


def backups():
    command = pgbackrest + ["--log-level-console=off", "--output=json", "info"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [backup for stanza in json.loads(answer) for backup in stanza["backup"]]


def made():
    return next((one for one in backups() if one.get("annotation", {}).get("platformbackup") == uid), None)


def make():
    command = pgbackrest + [f"--type={kind}", f"--annotation=platformbackup={uid}", "backup"]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    trouble = []
    for line in run.stdout:
        print(line, end="", flush=True)
        if "ERROR: " in line or trouble:
            trouble.append(line.split("ERROR: ")[-1].strip())
    code = run.wait()
    if code != 0:
        told = [line for line in trouble if "command end" not in line]
        end({"error": " ".join(told)[:1000] or f"pgbackrest ended with {code}"}, 1)


if made() is None:
    make()
backup = made()
if backup is None:
    end({"error": "pgBackRest made a backup that it does not list"}, 1)
end(
    {
        "label": backup["label"],
        "type": TYPES[backup["type"]],
        "start": backup["timestamp"]["start"],
        "stop": backup["timestamp"]["stop"],
        "size": backup["info"]["size"],
        "repositorySize": backup["info"]["repository"]["delta"],
        "walStart": backup["archive"]["start"],
        "walStop": backup["archive"]["stop"],
        "oldestStop": min(one["timestamp"]["stop"] for one in backups()),
    },
    0,
)
`;
