import type { Duration, HTTPAddress, Quantity } from "./common.ts";

/**
 * A bucket for images, in Amazon S3 or anything that speaks its protocol.
 *
 * @XValidation {"rule": "has(self.bucket)", "message": "give the name of the bucket, such as profile-images, or remove s3 to keep images in PostgreSQL", "fieldPath": ".bucket", "reason": "FieldValueRequired"}
 */
export interface S3Storage {
  /**
   * Name of the bucket. It has to exist, and to be the same for as long as images are in it.
   *
   * @requiredByRule
   * @maxLength 63
   * @XValidation {"rule": "self.matches('^[a-z0-9][-a-z0-9.]*[a-z0-9]$') && self.size() >= 3", "message": "must be the name of a bucket: 3 to 63 small letters, digits, '.' and '-', such as profile-images"}
   */
  bucket: string;
  /**
   * Region that the bucket is in.
   *
   * @default "us-east-1"
   * @maxLength 63
   * @XValidation {"rule": "self.matches('^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$')", "message": "must be the name of a region, of letters, digits and '-', such as eu-central-1"}
   */
  region: string;
  /**
   * Address of another service than Amazon's, such as `https://minio.example.com:9000`. The profile API may open
   * connections to its port, wherever that leads; with a Service of this cluster, by its full name, to the pods of its
   * namespace instead.
   */
  endpoint?: HTTPAddress;
  /**
   * Whether buckets are paths below the address and not hosts of their own, as with MinIO.
   *
   * @default false
   */
  forcePathStyle: boolean;
  /**
   * A Secret in the namespace of the server layer, whose keys `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` hold the
   * credentials. The servers wait for it, and read it when they start. When left out, they look for others, such as a
   * role that is bound to their ServiceAccount.
   *
   * @maxLength 253
   * @XValidation {"rule": "self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')", "message": "must be the name of a Secret in the namespace of the server layer, of small letters, digits, '-' and '.', such as s3-credentials"}
   */
  credentialsSecret?: string;
}

/** Images of profiles. */
export interface ImageSettings {
  /**
   * What stands before `/images` in the URLs of images: the address of a cache in front of the API, such as
   * `https://cdn.example.com`. They are paths on the API when left out.
   */
  baseURL?: HTTPAddress;
  /**
   * Size of a file at most. Files that arrive share 32Mi of memory, or as much as one may have.
   *
   * @default "10Mi"
   * @XValidation {"rule": "!isQuantity(self) || (quantity(self).compareTo(quantity('1Ki')) >= 0 && quantity(self).compareTo(quantity('100Mi')) <= 0)", "message": "must be from 1Ki to 100Mi: give a size in between, such as 10Mi"}
   */
  maxSize: Quantity;
  /**
   * Pixels of a picture at most; those with 16 bits a colour count twice. Decoding takes up to 8 bytes of memory for
   * each.
   *
   * @default 25000000
   * @minimum 1
   * @maximum 100000000
   */
  maxPixels: number;
  /**
   * Images that a profile has at most.
   *
   * @default 10
   * @minimum 1
   * @maximum 100
   */
  maxPerProfile: number;
  /**
   * Images that one pod decodes at once. Each takes a processor, and up to 200Mi of memory with the usual number of
   * pixels: raise `resources` with it.
   *
   * @default 1
   * @minimum 1
   * @maximum 16
   */
  concurrency: number;
  /**
   * Images that may wait in one pod for being decoded; uploads beyond that are asked to come again.
   *
   * @default 16
   * @minimum 0
   * @maximum 1000
   */
  queueLength: number;
  /**
   * How long an image that no profile has is kept. Longer than any upload takes.
   *
   * @default "10m"
   * @XValidation {"rule": "!self.matches('^[1-9][0-9]{0,8}(s|m|h)$') || (self.matches('^([0-9]{1,7}s|[0-9]{1,5}m|[0-9]{1,3}h)$') && duration(self) >= duration('1m') && duration(self) <= duration('720h'))", "message": "must be from 1m to 720h: give a length of time in between, such as 10m"}
   */
  orphanRetention: Duration;
  /**
   * Where new images are stored; in PostgreSQL when left out. Images stay where they were stored: while `s3` is away,
   * those in the bucket cannot be shown.
   */
  s3?: S3Storage;
}
