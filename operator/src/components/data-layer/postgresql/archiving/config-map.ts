import type { KubernetesObject } from "../../../../kubernetes.ts";
import { objectMeta } from "../../../kit/place.ts";
import type { PlatformModel } from "../../../model.ts";
import { hostOptions, LOG_OPTIONS, serverOptions } from "../../postgresql-repository/configuration.ts";
import { writeIni } from "../../postgresql-repository/ini.ts";
import { repositoryHost, STANZA } from "../../postgresql-repository/place.ts";
import { DATA_DIRECTORY, PLACE, RUN_DIRECTORY } from "../place.ts";
import { ARCHIVE_SCRIPT, archiveScript, SERVER_SCRIPT, serverScript } from "./scripts.ts";

export const ARCHIVING_CONFIG_MAP = `${PLACE.name}-archiving`;

/** Empty for a platform without backups. */
export function archivingData(model: PlatformModel): Readonly<Record<string, string>> {
  if (model.postgresql.backup === undefined) return {};
  return {
    "pgbackrest.conf": configuration(model),
    [ARCHIVE_SCRIPT]: archiveScript,
    [SERVER_SCRIPT]: serverScript,
  };
}

export function archivingConfigMap(model: PlatformModel): readonly KubernetesObject[] {
  if (model.postgresql.backup === undefined) return [];
  return [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: objectMeta(model, PLACE, { name: ARCHIVING_CONFIG_MAP }),
      data: archivingData(model),
    },
  ];
}

function configuration(model: PlatformModel): string {
  return writeIni({
    global: {
      ...hostOptions("repo1", repositoryHost(model), "postgresql"),
      ...serverOptions("postgresql", "repository"),
      "compress-type": "zst",
      "lock-path": "/tmp/pgbackrest",
      ...LOG_OPTIONS,
    },
    // A repository that is away is to be told of after half a minute, not three: PostgreSQL tries again by itself.
    "global:archive-push": { "io-timeout": 10, "log-level-console": "warn" },
    [STANZA]: { "pg1-path": DATA_DIRECTORY, "pg1-socket-path": RUN_DIRECTORY },
  });
}
