import type { Place } from "../../kit/place.ts";

export const PLACE = { name: "rabbitmq", layer: "data-layer" } as const satisfies Place;

export const PORTS = { amqp: 5672, management: 15672, prometheus: 15692 } as const;

/** By which the nodes of a cluster find and speak to each other: Erlang's. */
export const MEMBER_PORTS = { epmd: 4369, distribution: 25672 } as const;

export const CONFIG_DIRECTORY = "/etc/rabbitmq";
export const DATA_DIRECTORY = "/var/lib/rabbitmq";
/** In memory: the Erlang cookie and the definitions with the password. */
export const RUN_DIRECTORY = "/run/rabbitmq";
export const DEFINITIONS_FILE = `${RUN_DIRECTORY}/definitions.json`;
