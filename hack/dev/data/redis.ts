import { join } from "node:path";
import type { User } from "../launch.ts";
import { runAs } from "../run-as.ts";
import type { DataService } from "./data-service.ts";
import { ownFile } from "./own-file.ts";
import { redisConfiguration } from "./redis-configuration.ts";

export interface RedisOptions {
  readonly folder: string;
  readonly port: number;
  readonly password: string;
  readonly user: User | undefined;
}

/** Redis on a loopback port, with the data of its folder. */
export function prepareRedis({ folder, port, password, user }: RedisOptions): DataService {
  const configuration = join(folder, "redis.conf");
  ownFile(configuration, redisConfiguration({ bind: "127.0.0.1", port, folder, password }), user);
  return {
    program: {
      name: "redis",
      program: "redis-server",
      args: [configuration],
      cwd: folder,
      env: {},
      user,
      stopSignal: "SIGTERM",
      stopWithin: 10_000,
    },
    isReady: async () => {
      await runAs("redis-cli", ["-h", "127.0.0.1", "-p", String(port), "-e", "ping"], {
        env: { REDISCLI_AUTH: password },
      });
      return true;
    },
    readyWithin: 30_000,
  };
}
