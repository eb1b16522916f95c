import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { UnavailableError } from "../../kit/errors.ts";
import type { S3Settings } from "../config.ts";
import { type SizeName, servedExtension, servedType } from "../image.ts";
import type { BlobKey, ImageStore } from "./store.ts";

/** Milliseconds. Together with the attempts well below what a client waits for. */
const timeouts = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

/** Images in a bucket, an object for each size. */
export class S3Store implements ImageStore {
  readonly name = "s3";
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(settings: S3Settings) {
    this.#client = new S3Client(clientConfig(settings));
    this.#bucket = settings.bucket;
  }

  async put(key: BlobKey, size: SizeName, data: Buffer): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: objectKey(key, size),
      Body: data,
      ContentLength: data.length,
      ContentType: servedType,
      CacheControl: "public, max-age=31536000, immutable",
    });
    await orUnavailable("storing an image", this.#client.send(command));
  }

  async read(key: BlobKey, size: SizeName, from: number, length: number): Promise<Buffer | undefined> {
    const command = new GetObjectCommand({
      Bucket: this.#bucket,
      Key: objectKey(key, size),
      Range: `bytes=${from}-${from + length - 1}`,
    });
    return orUnavailable("reading an image", this.#read(command));
  }

  async #read(command: GetObjectCommand): Promise<Buffer | undefined> {
    try {
      const { Body } = await this.#client.send(command);
      return Body === undefined ? undefined : Buffer.from(await Body.transformToByteArray());
    } catch (thrown) {
      if (thrown instanceof NoSuchKey) return undefined;
      throw thrown;
    }
  }

  /** Removes all sizes; those that are gone already count as removed. */
  async remove(key: BlobKey, sizes: readonly SizeName[]): Promise<void> {
    for (const size of sizes) {
      const command = new DeleteObjectCommand({ Bucket: this.#bucket, Key: objectKey(key, size) });
      await orUnavailable("removing an image", this.#client.send(command));
    }
  }

  close(): void {
    this.#client.destroy();
  }
}

function clientConfig({ region, endpoint, forcePathStyle, credentials }: S3Settings): S3ClientConfig {
  return {
    region,
    forcePathStyle,
    maxAttempts: 2,
    // Services other than Amazon's do not know the checksums that the SDK would send otherwise.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: timeouts,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

export function objectKey({ hash, generation }: BlobKey, size: SizeName): string {
  return `images/${hash.toString("hex")}/${generation}/${size}.${servedExtension}`;
}

async function orUnavailable<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new UnavailableError("the store of images", `while ${what} in S3`, { cause });
  }
}
