import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "amqplib";
import { freePort, type Instance, lastWords, startInstance, until } from "./instance.ts";
import { makeDirectory } from "./postgres.ts";

/** The wrapper in /usr/sbin insists on Debian's own user and directories. */
export const rabbitmqServer = "/usr/lib/rabbitmq/bin/rabbitmq-server";

export async function createRabbitmq(parent: string, started: Instance[]): Promise<Instance> {
  const directory = makeDirectory(parent, "rabbitmq");
  const [mapperPort, port, distributionPort] = [await freePort(), await freePort(), await freePort()];
  // Erlang's port mapper, which the broker would otherwise start and leave behind.
  const portMapper: Instance = {
    name: "epmd",
    directory: makeDirectory(parent, "epmd"),
    command: "epmd",
    args: ["-port", String(mapperPort), "-address", "127.0.0.1"],
    environment: {},
    port: mapperPort,
  };
  started.push(portMapper);
  startInstance(portMapper);
  writeFileSync(join(directory, "enabled_plugins"), "[].\n");
  writeFileSync(
    join(directory, "rabbitmq.conf"),
    "log.console = true\nlog.file = false\nloopback_users.guest = true\n",
  );
  const broker: Instance = {
    name: "RabbitMQ",
    directory,
    command: rabbitmqServer,
    args: [],
    environment: {
      HOME: directory,
      ERL_EPMD_PORT: String(mapperPort),
      ERL_EPMD_ADDRESS: "127.0.0.1",
      // Has the script become the broker instead of waiting for it.
      RABBITMQ_ALLOW_INPUT: "1",
      RABBITMQ_NODENAME: "service-tests@localhost",
      RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
      RABBITMQ_NODE_PORT: String(port),
      RABBITMQ_DIST_PORT: String(distributionPort),
      RABBITMQ_MNESIA_BASE: join(directory, "mnesia"),
      RABBITMQ_LOG_BASE: join(directory, "logs"),
      RABBITMQ_CONFIG_FILE: join(directory, "rabbitmq.conf"),
      RABBITMQ_CONF_ENV_FILE: "/dev/null",
      RABBITMQ_ENABLED_PLUGINS_FILE: join(directory, "enabled_plugins"),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-noinput +S 1:1 +sbwt none -kernel inet_dist_use_interface {127,0,0,1}",
    },
    port,
  };
  started.push(broker);
  await startRabbitmq(broker);
  return broker;
}

export function brokerUri(port: number): string {
  return `amqp://guest:guest@127.0.0.1:${port}/`;
}

export async function startRabbitmq(broker: Instance): Promise<void> {
  startInstance(broker);
  try {
    await until(
      "RabbitMQ",
      async () => {
        const connection = await connect(brokerUri(broker.port), { timeout: 5_000 });
        await connection.close();
        return true;
      },
      90_000,
    );
  } catch (cause) {
    throw new Error(`RabbitMQ did not start:\n${lastWords(broker)}`, { cause });
  }
}
