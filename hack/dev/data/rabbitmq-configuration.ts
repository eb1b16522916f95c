/** User of the services. */
export const QUEUE_USER = "profiles";

export interface RabbitmqSettings {
  /** Address of both listeners; all of them when left out. */
  readonly host?: string;
  readonly port: number;
  readonly managementPort: number;
  /** Path of the file that `rabbitmqDefinitions` makes. */
  readonly definitions: string;
}

/** The text of rabbitmq.conf. */
export function rabbitmqConfiguration({ host, port, managementPort, definitions }: RabbitmqSettings): string {
  const lines = [
    `listeners.tcp.default = ${host === undefined ? port : `${host}:${port}`}`,
    ...(host === undefined ? [] : [`management.tcp.ip = ${host}`]),
    `management.tcp.port = ${managementPort}`,
    // At every start, so that a password that was made anew is taken over.
    `load_definitions = ${definitions}`,
    "log.console = true",
    "log.console.level = warning",
    "log.file = false",
  ];
  return `${lines.join("\n")}\n`;
}

/** The text of the file with the one user that there is. He may use the management page as well. */
export function rabbitmqDefinitions(password: string): string {
  return `${JSON.stringify({
    vhosts: [{ name: "/" }],
    users: [{ name: QUEUE_USER, password, tags: ["administrator"] }],
    permissions: [{ user: QUEUE_USER, vhost: "/", configure: ".*", write: ".*", read: ".*" }],
  })}\n`;
}

export const ENABLED_PLUGINS = "[rabbitmq_management].\n";

/** `host`: with its port. */
export function queueUri(host: string, password: string): string {
  return `amqp://${QUEUE_USER}:${password}@${host}/`;
}
