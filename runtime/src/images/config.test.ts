import { describe, expect, test } from "vitest";
import { type Environment, loadConfig } from "../kit/config.ts";
import { imageVariables, s3Settings } from "./config.ts";

function settings(environment: Environment) {
  return s3Settings(loadConfig(imageVariables, environment));
}

describe("the configuration of images", () => {
  test("needs nothing, and keeps them in PostgreSQL", () => {
    expect(loadConfig(imageVariables, {})).toMatchObject({ IMAGE_MAX_BYTES: 10_485_760, IMAGE_MAX_PIXELS: 25_000_000 });
    expect(settings({})).toBeUndefined();
  });

  test("takes a bucket, of whatever service", () => {
    expect(settings({ S3_BUCKET: "images" })).toEqual({ bucket: "images", region: "us-east-1", forcePathStyle: false });
    const other = {
      S3_BUCKET: "images",
      S3_REGION: "eu-central-1",
      S3_ENDPOINT: "http://minio:9000/",
      S3_FORCE_PATH_STYLE: "true",
      S3_ACCESS_KEY_ID: "id",
      S3_SECRET_ACCESS_KEY: "secret",
    };
    expect(settings(other)).toEqual({
      bucket: "images",
      region: "eu-central-1",
      endpoint: "http://minio:9000",
      forcePathStyle: true,
      credentials: { accessKeyId: "id", secretAccessKey: "secret" },
    });
  });

  test.each([
    [{ CDN_BASE_URL: "cdn.example.org" }, "CDN_BASE_URL"],
    [{ CDN_BASE_URL: "ftp://cdn.example.org" }, "CDN_BASE_URL"],
    [{ CDN_BASE_URL: "https://cdn.example.org/?a=1" }, "CDN_BASE_URL"],
    [{ CDN_BASE_URL: "https://user:hunter2@cdn.example.org" }, "CDN_BASE_URL"],
    [{ IMAGE_MAX_BYTES: "10MB" }, "IMAGE_MAX_BYTES"],
    [{ IMAGE_MAX_PIXELS: "0" }, "IMAGE_MAX_PIXELS"],
    [{ IMAGE_CONCURRENCY: "0" }, "IMAGE_CONCURRENCY"],
    [{ S3_BUCKET: "No_Bucket" }, "S3_BUCKET"],
    [{ S3_BUCKET: "images", S3_ENDPOINT: "minio:9000" }, "S3_ENDPOINT"],
    [{ S3_BUCKET: "images", S3_FORCE_PATH_STYLE: "yes" }, "S3_FORCE_PATH_STYLE"],
    [{ S3_BUCKET: "images", S3_ACCESS_KEY_ID: "hunter2" }, "S3_SECRET_ACCESS_KEY"],
    [{ S3_BUCKET: "images", S3_SECRET_ACCESS_KEY: "hunter2" }, "S3_ACCESS_KEY_ID"],
    [{ S3_ENDPOINT: "https://minio:9000" }, "S3_BUCKET"],
    [{ S3_ACCESS_KEY_ID: "hunter2", S3_SECRET_ACCESS_KEY: "hunter2" }, "S3_BUCKET"],
  ])("%j is refused by the name of %s", (environment, name) => {
    expect(() => settings(environment)).toThrow(new RegExp(`\\n  ${name}: expected (?!.*hunter2)`));
  });
});
