import type { PlatformModel } from "../../../model.ts";
import { ARCHIVE_SCRIPT, CONFIG_DIRECTORY } from "./scripts.ts";

/** Seconds after which a file of the log goes to the repository though it is not full: what a lost volume may cost. */
const ARCHIVE_TIMEOUT_SECONDS = 60;

/** Of a platform with backups: every file of the write-ahead log goes to the repository. */
export function archivingParameters({ postgresql }: Pick<PlatformModel, "postgresql">): Record<string, string> {
  if (postgresql.backup === undefined) return {};
  return {
    archive_mode: "on",
    archive_command: `sh ${CONFIG_DIRECTORY}/${ARCHIVE_SCRIPT} "%p"`,
    archive_timeout: String(ARCHIVE_TIMEOUT_SECONDS),
  };
}
