import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/**
 * stored: the profile has one image more · duplicate: it had it before · replayed: the answer to an earlier request ·
 * refused: by what was sent · busy: there was no room · failed: by the service or what it depends on · aborted: the
 * client went away
 */
export const uploadOutcomes = ["stored", "duplicate", "replayed", "refused", "busy", "failed", "aborted"] as const;
export type UploadOutcome = (typeof uploadOutcomes)[number];

export interface ImageMetrics {
  readonly uploads: Counter<"outcome">;
  readonly encodeDuration: Histogram;
  readonly storedBytes: Counter;
  readonly removed: Counter;
}

/** @param waiting how many images wait to be encoded */
export function createImageMetrics(registry: Registry, waiting: () => number): ImageMetrics {
  const registers = [registry];
  const uploads = new Counter({
    name: "image_uploads_total",
    help: `Uploads of images, by outcome: ${uploadOutcomes.join(", ")}.`,
    labelNames: ["outcome"],
    registers,
  });
  for (const outcome of uploadOutcomes) uploads.inc({ outcome }, 0);
  const queue = new Gauge({
    name: "image_queue_length",
    help: "Images that wait to be decoded and encoded.",
    registers: [],
    collect() {
      this.set(waiting());
    },
  });
  registry.registerMetric(queue);
  return {
    uploads,
    encodeDuration: new Histogram({
      name: "image_encode_duration_seconds",
      help: "Time to decode an image and to encode it in all sizes, without the wait for it.",
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    storedBytes: new Counter({
      name: "image_stored_bytes_total",
      help: "Bytes of images written to their store, in all sizes.",
      registers,
    }),
    removed: new Counter({
      name: "images_removed_total",
      help: "Images removed from their store because no profile had them any more.",
      registers,
    }),
  };
}
