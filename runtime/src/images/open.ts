import type { Registry } from "prom-client";
import type { ProfileCache } from "../cache/cache.ts";
import type { Idempotency } from "../idempotency/idempotency.ts";
import type { Breakers } from "../kit/breakers.ts";
import type { Logger } from "../kit/log.ts";
import { Permits } from "../kit/permits.ts";
import type { Postgres } from "../kit/stores/postgres.ts";
import type { Sweeper } from "../kit/sweeper.ts";
import type { Databases } from "../shards/databases.ts";
import { Budget } from "./budget.ts";
import { busy } from "./busy.ts";
import { type ImageConfiguration, s3Settings } from "./config.ts";
import { restrictDecoders } from "./encode.ts";
import { ImageLinks } from "./links.ts";
import { createImageMetrics } from "./metrics.ts";
import { createImageRemoval } from "./removal.ts";
import { ImageReader } from "./repository.ts";
import type { ImageRoutesOptions } from "./router.ts";
import { ImageService } from "./service.ts";
import { openImageStores } from "./store/open.ts";

export interface OpenImagesOptions {
  readonly config: ImageConfiguration;
  readonly db: Postgres;
  readonly databases: Databases;
  /** For what happens by the clock, and must not wait behind requests. */
  readonly clockworkDb: Postgres;
  readonly cache: Pick<ProfileCache, "write">;
  readonly idempotency: Pick<Idempotency, "once">;
  readonly breakers: Pick<Breakers, "create">;
  readonly registry: Registry;
  readonly log: Logger;
  readonly now: () => number;
  readonly random: () => number;
}

export interface OpenImages {
  readonly routes: ImageRoutesOptions;
  readonly removal: Sweeper;
  close(): void;
}

/** Bytes of uploads that may be in memory at once; never less than one file of the largest size. */
const uploadMemory = 32 * 1_024 * 1_024;

/** Everything that images need. @throws OperatorError when the configuration of the store is not valid */
export async function openImages(options: OpenImagesOptions): Promise<OpenImages> {
  const { config, db, databases, clockworkDb, cache, idempotency, breakers, registry, log, now, random } = options;
  restrictDecoders();
  const stores = await openImageStores(db, s3Settings(config), breakers);
  const queue = new Permits({
    count: config.IMAGE_CONCURRENCY,
    queue: { longest: config.IMAGE_QUEUE_LENGTH, full: () => busy("Too many images wait to be encoded") },
  });
  const metrics = createImageMetrics(registry, () => queue.waiting);
  const images = new ImageService({
    db,
    databases,
    stores,
    queue,
    metrics,
    maxPixels: config.IMAGE_MAX_PIXELS,
    maxPerProfile: config.IMAGE_MAX_PER_PROFILE,
    now,
  });
  const maximum = config.IMAGE_MAX_BYTES;
  return {
    routes: {
      databases,
      cache,
      idempotency,
      images,
      links: new ImageLinks(config.CDN_BASE_URL ?? ""),
      limits: { maximum, budget: new Budget(Math.max(uploadMemory, maximum)) },
      metrics,
      reader: new ImageReader(db),
      stores,
    },
    removal: createImageRemoval({
      db: clockworkDb,
      s3: stores.s3,
      retention: config.IMAGE_ORPHAN_RETENTION,
      metrics,
      log,
      random,
    }),
    close: () => stores.s3?.close(),
  };
}
