import { existsSync } from "node:fs";
import { installPackages } from "@profile-platform/runtime/test/packages";

/** Installs what is missing, where it can. Throws what is missing and how to get it otherwise. */
export function preflight(): void {
  if (process.platform !== "linux") {
    throw new Error("make dev runs Debian's PostgreSQL, Redis and RabbitMQ: on another system, use docker compose up");
  }
  if (!existsSync("/usr/bin/setpriv")) {
    throw new Error('setpriv is missing: run "apt-get install util-linux"');
  }
  try {
    installPackages("make dev needs", "the data services");
  } catch (cause) {
    throw new Error("the data services are run from Debian's packages; with Docker, docker compose up needs none", {
      cause,
    });
  }
}
