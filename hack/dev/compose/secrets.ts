import { chownSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { databaseSetup } from "../data/postgresql-setup.ts";
import {
  ENABLED_PLUGINS,
  queueUri,
  rabbitmqConfiguration,
  rabbitmqDefinitions,
} from "../data/rabbitmq-configuration.ts";
import { redisConfiguration } from "../data/redis-configuration.ts";
import { publishKey } from "../issuer.ts";
import { writeOwn } from "../kept-file.ts";
import type { User } from "../launch.ts";
import { type Passwords, passwordsIn } from "../passwords.ts";

/** Folder that docker-compose.yml mounts the volume of secrets in. */
export const SECRETS_FOLDER = "/secrets";

/**
 * Makes, in a folder, what docker-compose.yml must not hold: passwords and the issuer's key, kept from the first call on,
 * and the files of services and data services in which these stand, written anew each time.
 *
 * @param owner whom all of it belongs to, when it is not the caller
 */
export function makeSecrets(folder: string, owner: User | undefined): void {
  const passwords = passwordsIn(folder);
  publishKey(folder);
  for (const [name, text] of Object.entries(configurationFiles(passwords))) writeOwn(join(folder, name), text);
  if (owner === undefined) return;
  for (const path of [folder, ...readdirSync(folder).map((name) => join(folder, name))]) {
    chownSync(path, owner.uid, owner.gid);
  }
}

function configurationFiles(passwords: Passwords): Readonly<Record<string, string>> {
  const variables = {
    DB_PASSWORD: passwords.postgresql,
    REDIS_PASSWORD: passwords.redis,
    QUEUE_URI: queueUri("rabbitmq:5672", passwords.rabbitmq),
  };
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  return {
    "services.env": assignments.join(""),
    "postgresql.sql": databaseSetup(passwords.postgresql),
    "redis.conf": redisConfiguration({ bind: "* -::*", port: 6379, folder: "/data", password: passwords.redis }),
    "rabbitmq.conf": rabbitmqConfiguration({
      port: 5672,
      managementPort: 15672,
      definitions: join(SECRETS_FOLDER, "rabbitmq-definitions.json"),
    }),
    "rabbitmq-definitions.json": rabbitmqDefinitions(passwords.rabbitmq),
    enabled_plugins: ENABLED_PLUGINS,
  };
}
