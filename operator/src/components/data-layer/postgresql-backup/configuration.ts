import type { KubernetesObject } from "../../../kubernetes.ts";
import { serviceHost } from "../../../names.ts";
import { objectMeta } from "../../kit/place.ts";
import { membersServiceName } from "../../kit/service.ts";
import type { BackupModel, PlatformModel } from "../../model.ts";
import { DATA_DIRECTORY, PLACE as POSTGRESQL, ROLES, RUN_DIRECTORY } from "../postgresql/place.ts";
import { hostOptions, repositoryOptions } from "../postgresql-repository/configuration.ts";
import { writeIni } from "../postgresql-repository/ini.ts";
import { STANZA } from "../postgresql-repository/place.ts";
import { PLACE } from "./place.ts";
import { BACKUP_SCRIPT, backupScript, STANZA_SCRIPT, stanzaScript } from "./scripts.ts";

export const CONFIG_MAP_NAME = PLACE.name;

/** What the Jobs read: the repository, whose volume they have mounted, and every instance of PostgreSQL. */
export function configMap(model: PlatformModel, backup: BackupModel): KubernetesObject {
  const instances = Array.from({ length: model.postgresql.instances }, (_, index) => instanceOptions(model, index));
  const data = {
    "pgbackrest.conf": writeIni({
      global: {
        ...repositoryOptions(backup),
        "compress-type": "zst",
        // A checkpoint at once: otherwise a backup begins with the next one, minutes later.
        "start-fast": "y",
        // Most of the reading is left to a replica.
        ...(model.postgresql.instances > 1 ? { "backup-standby": "prefer" } : {}),
      },
      [STANZA]: Object.assign({}, ...instances) as Record<string, string>,
    }),
    [BACKUP_SCRIPT]: backupScript,
    [STANZA_SCRIPT]: stanzaScript,
  };
  return { apiVersion: "v1", kind: "ConfigMap", metadata: objectMeta(model, PLACE, { name: CONFIG_MAP_NAME }), data };
}

function instanceOptions({ namespaces }: PlatformModel, index: number): Readonly<Record<string, string>> {
  const members = serviceHost(membersServiceName(POSTGRESQL), namespaces[POSTGRESQL.layer]);
  const option = `pg${index + 1}`;
  return {
    ...hostOptions(option, `${POSTGRESQL.name}-${index}.${members}`, "repository"),
    [`${option}-path`]: DATA_DIRECTORY,
    [`${option}-socket-path`]: RUN_DIRECTORY,
    [`${option}-user`]: ROLES.superuser,
  };
}
