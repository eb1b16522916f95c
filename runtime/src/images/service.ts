import { randomUUID } from "node:crypto";
import { SpanKind } from "@opentelemetry/api";
import type { WriteEffect } from "../cache/store.ts";
import { UnavailableError } from "../kit/errors.ts";
import { Problem } from "../kit/http/problem.ts";
import { type Permits, untilAborted } from "../kit/permits.ts";
import type { Postgres } from "../kit/stores/postgres.ts";
import { inSpan } from "../kit/traces/span.ts";
import type { Profile } from "../profiles/profile.ts";
import { ProfileReader, profileWrites } from "../profiles/repository.ts";
import { type Condition, VersionMismatchError } from "../profiles/service.ts";
import type { Databases, Transaction } from "../shards/databases.ts";
import type { UploadedFile } from "./body.ts";
import { encode } from "./encode.ts";
import { inspect } from "./formats/inspect.ts";
import { type StoredImage, servedType, sizeNames } from "./image.ts";
import type { ImageMetrics } from "./metrics.ts";
import { references } from "./references.ts";
import { type ImageRecord, imageWrites } from "./repository.ts";
import type { ImageStores } from "./store/store.ts";

export interface ImageServiceOptions {
  /** Where images are. */
  readonly db: Postgres;
  readonly databases: Databases;
  readonly stores: ImageStores;
  readonly queue: Permits;
  readonly metrics: ImageMetrics;
  readonly maxPixels: number;
  /** Images that a profile may have. */
  readonly maxPerProfile: number;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

/** What became of a profile and its images. */
export interface ImageChange {
  readonly profile: Profile;
  /** For the cache: "none" when nothing has changed. */
  readonly effect: WriteEffect;
}

/** Images of profiles: made of uploaded files, stored, given to profiles and taken from them. */
export class ImageService {
  readonly #options: ImageServiceOptions;
  readonly #profiles: ProfileReader;

  constructor(options: ImageServiceOptions) {
    this.#options = options;
    this.#profiles = new ProfileReader(options.databases);
  }

  /** The profile as it is in the database. */
  async profile(id: string): Promise<Profile | undefined> {
    return this.#profiles.find(id);
  }

  /**
   * The stored image of an uploaded file: the one that was made of the same file before, or a new one. No profile has
   * it yet: unless one gets it by `add`, it is removed after a while.
   *
   * @param signal when it aborts, an image that waits to be decoded is not
   * @param before the profile that is to get it, if one without room is to be refused before anything is decoded
   * @throws ImageRefusedError; Problem when the profile has no room, or too many images wait; UnavailableError
   */
  async store({ bytes, hash }: UploadedFile, signal: AbortSignal, before?: Profile): Promise<ImageRecord> {
    const { db, stores, queue, metrics, maxPixels, now } = this.#options;
    const known = await imageWrites.findBySource(db, hash);
    if (known !== undefined) return known;
    if (before !== undefined) this.#requireRoom(before);
    inspect(bytes, maxPixels);
    const encoded = await queue.hold(async () => {
      signal.throwIfAborted();
      const startedAt = now();
      const description = { kind: SpanKind.INTERNAL, attributes: { "image.bytes": bytes.length } };
      const image = await inSpan(
        "encode image",
        () => description,
        () => encode(bytes, maxPixels),
      );
      metrics.encodeDuration.observe((now() - startedAt) / 1_000);
      return image;
    }, untilAborted(signal));
    const image = await imageWrites.reserve(db, encoded, hash, randomUUID(), stores.current.name);
    if (image.stored) return image;
    // Another upload of the same content may be at it: both put the same, and neither waits for the other.
    const store = stores.byName.get(image.store);
    if (store === undefined) throw unconfigured(image.store);
    for (const name of sizeNames) {
      await store.put(image, name, encoded.data[name]);
      metrics.storedBytes.inc(encoded.data[name].length);
    }
    return image;
  }

  /**
   * Gives a stored image to a profile. One that the profile has already changes nothing.
   *
   * @returns undefined when there is no such profile
   * @throws Problem when it has as many as it may; VersionMismatchError; UnavailableError
   */
  async add(
    transaction: Transaction,
    profileId: string,
    image: ImageRecord,
    condition: Condition,
  ): Promise<ImageChange | undefined> {
    // Before the profile, for everybody takes these two locks in this order.
    if (!(await imageWrites.confirm(transaction.home, image))) {
      throw new UnavailableError("the store of images", "the image was removed before its upload had ended");
    }
    const before = await profileWrites.lock(transaction, profileId);
    if (before === undefined) return undefined;
    requireVersion(before, condition);
    const hash = image.hash.toString("hex");
    if (before.images.some((other) => other.hash === hash)) return { profile: before, effect: { kind: "none" } };
    this.#requireRoom(before);
    await references.insert(transaction.home, profileId, image.hash);
    return set(transaction, profileId, [...before.images, { hash, type: servedType, sizes: image.sizes }]);
  }

  /**
   * Takes an image from a profile. Its bytes are removed later, unless another profile has it.
   *
   * @returns undefined when there is no such profile; "absent" when it has no such image
   * @throws VersionMismatchError
   */
  async remove(
    transaction: Transaction,
    profileId: string,
    hash: string,
    condition: Condition,
  ): Promise<ImageChange | "absent" | undefined> {
    const before = await profileWrites.lock(transaction, profileId);
    if (before === undefined) return undefined;
    requireVersion(before, condition);
    if (!(await references.delete(transaction.home, profileId, Buffer.from(hash, "hex")))) return "absent";
    return set(
      transaction,
      profileId,
      before.images.filter((image) => image.hash !== hash),
    );
  }

  /** @throws Problem when the profile has as many images as it may */
  #requireRoom({ images }: Profile): void {
    const { maxPerProfile } = this.#options;
    if (images.length < maxPerProfile) return;
    const detail = `The profile has ${images.length} images, and may have ${maxPerProfile}; delete one, and send this again.`;
    throw new Problem("image-limit-reached", detail);
  }
}

async function set(transaction: Transaction, profileId: string, images: readonly StoredImage[]): Promise<ImageChange> {
  const profile = await profileWrites.setImages(transaction, profileId, images);
  if (profile === undefined) throw new Error("a profile vanished under its lock");
  return { profile, effect: { kind: "updated", profile } };
}

export function unconfigured(store: string): UnavailableError {
  return new UnavailableError("the store of images", `the image is kept in ${store}, which is not configured`);
}

function requireVersion({ version }: Profile, condition: Condition): void {
  if (condition.version !== undefined && condition.version !== version) throw new VersionMismatchError(version);
}
