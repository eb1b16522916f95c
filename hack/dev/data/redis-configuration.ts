export interface RedisSettings {
  readonly bind: string;
  readonly port: number;
  readonly folder: string;
  readonly password: string;
}

/** The text of redis.conf. As in a cluster: the append-only file alone, and no key is dropped for want of memory. */
export function redisConfiguration({ bind, port, folder, password }: RedisSettings): string {
  const lines = [
    `bind ${bind}`,
    `port ${port}`,
    `dir "${folder}"`,
    `requirepass ${password}`,
    "appendonly yes",
    "appendfsync everysec",
    'save ""',
    "maxmemory-policy noeviction",
    "loglevel warning",
  ];
  return `${lines.join("\n")}\n`;
}
