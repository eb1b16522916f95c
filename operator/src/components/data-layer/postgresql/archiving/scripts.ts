import { ANNOTATION_ARCHIVING } from "../../../../labels.ts";
import { CONFIG_DIRECTORY as PGBACKREST_DIRECTORY, STANZA } from "../../postgresql-repository/place.ts";
import { ROLES, RUN_DIRECTORY } from "../place.ts";

export const CONFIG_DIRECTORY = PGBACKREST_DIRECTORY;
export const ARCHIVE_SCRIPT = "archive-push.sh";
export const SERVER_SCRIPT = "server.py";

/** What pgBackRest said when a file could not be archived; not there while all is well. In memory. */
const ERROR_FILE = `${RUN_DIRECTORY}/archive-error`;

/** PostgreSQL runs it for each file of the write-ahead log, with its path. */
export const archiveScript = `set -u
if told=$(pgbackrest --stanza=${STANZA} archive-push "$1" 2>&1); then
  rm -f ${ERROR_FILE}
else
  code=$?
  printf '%s\\n' "$told" > ${ERROR_FILE}
  printf '%s\\n' "$told" >&2
  exit "$code"
fi
`;

/**
 * Runs pgBackRest's server, and starts it again when it ends. Every ten seconds it asks PostgreSQL how archiving goes,
 * and writes the answer on its pod when it is another one: the operator may not call anything in here, and at rest
 * nothing is written. A replica says nothing.
 */
export const serverScript = `import json
import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.request

INTERVAL_SECONDS = 10
ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
# A file that waits for five minutes is trouble too, though no try may have failed yet.
QUESTION = """
SELECT json_build_object(
  'failures', failed_count,
  'failing', coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false),
  'file', last_failed_wal,
  'late', (SELECT count(*) FROM pg_ls_archive_statusdir()
           WHERE name LIKE '%.ready' AND modification < now() - interval '5 minutes'))
FROM pg_stat_archiver WHERE NOT pg_is_in_recovery()
"""


def say(text):
    print(text, file=sys.stderr, flush=True)


def reason():
    try:
        with open("${ERROR_FILE}", encoding="utf-8", errors="replace") as file:
            text = " ".join(file.read().split())
    except FileNotFoundError:
        return "see the log of container postgresql"
    start = text.find("ERROR: ")
    return text[max(start, 0):][:500]


def state():
    """What is to be told, or None where there is nothing: on a replica, or while PostgreSQL does not answer."""
    command = ["psql", "--no-psqlrc", "--tuples-only", "--no-align", "--quiet", "--host=${RUN_DIRECTORY}"]
    command += ["--username=${ROLES.superuser}", "--dbname=postgres", "--command=" + QUESTION]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=INTERVAL_SECONDS, check=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    if answer.stdout.strip() == "":
        return None
    found = json.loads(answer.stdout)
    message = ""
    if found["failing"]:
        message = f"{found['file']} cannot be archived: {reason()}"
    elif found["late"] > 0:
        message = f"{found['late']} files of the log have waited to be archived for more than five minutes"
    return {"failing": message != "", "failures": found["failures"], "message": message}


def tell(told):
    host, port = os.environ["KUBERNETES_SERVICE_HOST"], os.environ["KUBERNETES_SERVICE_PORT"]
    authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    pod = f"/api/v1/namespaces/{os.environ['POD_NAMESPACE']}/pods/{os.environ['POD_NAME']}"
    with open(f"{ACCOUNT}/token", encoding="ascii") as file:
        token = file.read()
    body = {"metadata": {"annotations": {"${ANNOTATION_ARCHIVING}": json.dumps(told)}}}
    request = urllib.request.Request(
        f"https://{authority}{pod}",
        method="PATCH",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/merge-patch+json"},
    )
    context = ssl.create_default_context(cafile=f"{ACCOUNT}/ca.crt")
    urllib.request.urlopen(request, timeout=INTERVAL_SECONDS, context=context).close()


def end(*_):
    server.terminate()
    server.wait()
    sys.exit(0)


server = subprocess.Popen(["pgbackrest", "server"])
signal.signal(signal.SIGTERM, end)
last = None
while True:
    try:
        server.wait(INTERVAL_SECONDS if last is not None else 1)
        say(f"pgbackrest server ended with {server.returncode}, and is started again")
        time.sleep(1)
        server = subprocess.Popen(["pgbackrest", "server"])
    except subprocess.TimeoutExpired:
        pass
    told = state()
    if told is not None and told != last:
        try:
            tell(told)
            last = told
        except OSError as error:
            say(f"the state of archiving cannot be told on the pod, and is again in a moment: {error}")
`;
