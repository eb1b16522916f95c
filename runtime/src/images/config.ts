import { z } from "zod";
import { type Configuration, duration, integer } from "../kit/config.ts";
import { OperatorError } from "../kit/errors.ts";

function expecting(what: string): { error: () => string } {
  return { error: () => what };
}

/** An address without query and fragment, and without the slash at its end. */
function baseUrl(example: string): z.ZodType<string | undefined> {
  const what = `an http or https URL without user, query and fragment, such as ${example}`;
  return z
    .string()
    .refine((text) => isBaseUrl(text), expecting(what))
    .transform((text) => text.replace(/\/+$/, ""))
    .optional();
}

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === "");
}

const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export const imageVariables = {
  /** What stands before `/images` in the URLs of images; when absent they are paths on this server. */
  CDN_BASE_URL: baseUrl("https://cdn.example.org"),
  IMAGE_MAX_BYTES: integer(10_485_760, 1_024, 104_857_600),
  IMAGE_MAX_PIXELS: integer(25_000_000, 1, 100_000_000),
  IMAGE_MAX_PER_PROFILE: integer(10, 1, 100),
  /** Images decoded and encoded at once: each takes a processor, and up to 200 MB. */
  IMAGE_CONCURRENCY: integer(1, 1, 16),
  /** Images that may wait for that. */
  IMAGE_QUEUE_LENGTH: integer(16, 0, 1_000),
  /** For how long an image that no profile has is kept. Longer than any upload takes. */
  IMAGE_ORPHAN_RETENTION: duration("10m", 1_000),
  /** With it, images are stored there. */
  S3_BUCKET: z
    .string()
    .regex(bucketName, expecting("the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens"))
    .optional(),
  S3_REGION: z.string().min(1).default("us-east-1"),
  /** Of another service than Amazon's. */
  S3_ENDPOINT: baseUrl("https://minio.example.org:9000"),
  /** `true` where buckets are paths and not hosts. */
  S3_FORCE_PATH_STYLE: z
    .enum(["true", "false"], expecting("true or false"))
    .default("false")
    .transform((text) => text === "true"),
  /** When both are absent, the SDK looks for others: a role of the service account, for one. */
  S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
};

export type ImageConfiguration = Configuration<typeof imageVariables>;

export interface S3Settings {
  readonly bucket: string;
  readonly region: string;
  readonly endpoint?: string;
  readonly forcePathStyle: boolean;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/**
 * @returns undefined when images are kept in PostgreSQL
 * @throws OperatorError naming the variable that another one needs
 */
export function s3Settings(config: ImageConfiguration): S3Settings | undefined {
  const { S3_BUCKET: bucket, S3_REGION: region, S3_ENDPOINT: endpoint, S3_FORCE_PATH_STYLE: forcePathStyle } = config;
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = config;
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) {
    const missing = accessKeyId === undefined ? "S3_ACCESS_KEY_ID" : "S3_SECRET_ACCESS_KEY";
    const other = accessKeyId === undefined ? "S3_SECRET_ACCESS_KEY" : "S3_ACCESS_KEY_ID";
    throw invalid(`${missing}: expected a value, as ${other} has one`);
  }
  if (bucket === undefined) {
    const given = [endpoint && "S3_ENDPOINT", accessKeyId && "S3_ACCESS_KEY_ID"].find((name) => name !== undefined);
    if (given !== undefined) throw invalid(`S3_BUCKET: expected the name of a bucket, as ${given} has a value`);
    return undefined;
  }
  return {
    bucket,
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle,
    ...(accessKeyId === undefined || secretAccessKey === undefined
      ? {}
      : { credentials: { accessKeyId, secretAccessKey } }),
  };
}

function invalid(line: string): OperatorError {
  return new OperatorError(`The configuration is not valid. Set these environment variables:\n  ${line}`);
}
