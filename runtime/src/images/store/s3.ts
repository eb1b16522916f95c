import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { SpanKind } from "@opentelemetry/api";
import type { Breaker } from "../../kit/breaker.ts";
import type { Breakers } from "../../kit/breakers.ts";
import { NotAttemptedError, UnavailableError } from "../../kit/errors.ts";
import { withTimeout } from "../../kit/retry.ts";
import { inSpan } from "../../kit/traces/span.ts";
import type { S3Settings } from "../config.ts";
import { type SizeName, servedExtension, servedType } from "../image.ts";
import type { BlobKey, ImageStore } from "./store.ts";

/** Milliseconds: to connect, to the beginning of an answer, and between two pieces of it. */
const timeouts = {
  connectionTimeout: 2_000,
  requestTimeout: 5_000,
  throwOnRequestTimeout: true,
  socketTimeout: 5_000,
};

/** Milliseconds for all of a call, its second attempt and the wait for a connection included. */
const patience = 12_000;

/** Milliseconds that a probe may take. */
const probePatience = 2_000;

const largestPool = 50;

/** What clients are told cannot be reached. */
const dependency = "the store of images";

/** Images in a bucket, an object for each size. */
export class S3Store implements ImageStore {
  readonly name = "s3";
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #breaker: Breaker;

  constructor(settings: S3Settings, breakers: Pick<Breakers, "create">) {
    this.#client = new S3Client(clientConfig(settings));
    this.#bucket = settings.bucket;
    this.#breaker = breakers.create({ name: "s3", dependency, probe: () => this.#probe(), isFailure: saysS3IsAway });
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
    await this.#call("PutObject", "storing an image", () => this.#client.send(command));
  }

  async read(key: BlobKey, size: SizeName, from: number, length: number): Promise<Buffer | undefined> {
    const command = new GetObjectCommand({
      Bucket: this.#bucket,
      Key: objectKey(key, size),
      Range: `bytes=${from}-${from + length - 1}`,
    });
    return this.#call("GetObject", "reading an image", () => this.#read(command));
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
      await this.#call("DeleteObject", "removing an image", () => this.#client.send(command));
    }
  }

  close(): void {
    this.#client.destroy();
  }

  async #call<T>(operation: string, what: string, work: () => Promise<T>): Promise<T> {
    const attributes = { "rpc.system.name": "aws-api", "rpc.method": `S3/${operation}`, "aws.s3.bucket": this.#bucket };
    const describe = () => ({ kind: SpanKind.CLIENT, attributes });
    try {
      return await this.#breaker.run(() =>
        inSpan(`S3.${operation}`, describe, () => withTimeout(work(), patience, what)),
      );
    } catch (cause) {
      if (cause instanceof NotAttemptedError) throw cause;
      throw new UnavailableError(dependency, `while ${what} in S3`, { cause });
    }
  }

  async #probe(): Promise<void> {
    const options = { abortSignal: AbortSignal.timeout(probePatience) };
    try {
      await this.#client.send(new HeadBucketCommand({ Bucket: this.#bucket }), options);
    } catch (thrown) {
      if (saysS3IsAway(thrown)) throw thrown;
    }
  }
}

/** A request that is refused was answered, so waiting does not help it: those with 5xx are of a service in trouble. */
function saysS3IsAway(thrown: unknown): boolean {
  return !(thrown instanceof S3ServiceException) || (thrown.$metadata.httpStatusCode ?? 500) >= 500;
}

function clientConfig({ region, endpoint, forcePathStyle, credentials }: S3Settings): S3ClientConfig {
  return {
    region,
    forcePathStyle,
    maxAttempts: 2,
    // Services other than Amazon's do not know the checksums that the SDK would send otherwise.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      ...timeouts,
      httpAgent: { maxSockets: largestPool, keepAlive: true },
      httpsAgent: { maxSockets: largestPool, keepAlive: true },
    },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

export function objectKey({ hash, generation }: BlobKey, size: SizeName): string {
  return `images/${hash.toString("hex")}/${generation}/${size}.${servedExtension}`;
}
