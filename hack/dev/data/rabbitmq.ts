import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { rabbitmqServer } from "@profile-platform/runtime/test/rabbitmq";
import type { Program, User } from "../launch.ts";
import type { DataService } from "./data-service.ts";
import { ownFile } from "./own-file.ts";
import { ENABLED_PLUGINS, rabbitmqConfiguration, rabbitmqDefinitions } from "./rabbitmq-configuration.ts";

export interface RabbitmqOptions {
  readonly folder: string;
  readonly port: number;
  readonly managementPort: number;
  /** Port between Erlang's programs, and that of its port mapper: any free ones. */
  readonly distributionPort: number;
  readonly mapperPort: number;
  readonly password: string;
  readonly user: User | undefined;
}

/** The data in its folder is filed under it. */
const NODE_NAME = "dev@localhost";

/** Erlang's port mapper. The broker would start one of its own otherwise, and leave it behind. */
export function preparePortMapper({ folder, mapperPort, user }: RabbitmqOptions): Program {
  return {
    name: "epmd",
    program: "epmd",
    args: ["-port", String(mapperPort), "-address", "127.0.0.1"],
    cwd: folder,
    env: {},
    user,
    stopSignal: "SIGTERM",
    stopWithin: 5_000,
  };
}

/** RabbitMQ on loopback ports, with the data of its folder. Needs the port mapper. */
export function prepareRabbitmq(options: RabbitmqOptions): DataService {
  const { folder, port, managementPort, distributionPort, mapperPort, password, user } = options;
  const file = (name: string, text: string): string => {
    ownFile(join(folder, name), text, user);
    return join(folder, name);
  };
  const definitions = file("definitions.json", rabbitmqDefinitions(password));
  const configuration = rabbitmqConfiguration({ host: "127.0.0.1", port, managementPort, definitions });
  return {
    program: {
      name: "rabbitmq",
      program: rabbitmqServer,
      args: [],
      cwd: folder,
      env: {
        HOME: folder,
        ERL_EPMD_PORT: String(mapperPort),
        ERL_EPMD_ADDRESS: "127.0.0.1",
        // Has the script become the broker instead of waiting for it.
        RABBITMQ_ALLOW_INPUT: "1",
        RABBITMQ_NODENAME: NODE_NAME,
        RABBITMQ_DIST_PORT: String(distributionPort),
        RABBITMQ_MNESIA_BASE: join(folder, "mnesia"),
        RABBITMQ_LOG_BASE: join(folder, "logs"),
        RABBITMQ_CONFIG_FILE: file("rabbitmq.conf", configuration),
        RABBITMQ_CONF_ENV_FILE: "/dev/null",
        RABBITMQ_ENABLED_PLUGINS_FILE: file("enabled_plugins", ENABLED_PLUGINS),
        // One scheduler that sleeps when there is nothing to do: it shares a laptop with everything else.
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-noinput +S 1:1 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}",
      },
      user,
      stopSignal: "SIGTERM",
      stopWithin: 20_000,
    },
    // The port opens at the very end of the start.
    isReady: () => accepts(port),
    readyWithin: 180_000,
  };
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } finally {
    socket.destroy();
  }
}
