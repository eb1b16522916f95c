import { expect, test } from "vitest";
import { SAMPLE_MODEL, SAMPLE_RESOURCES } from "../../testing/sample-model.ts";
import { serverParameters } from "./parameters.ts";

const parameters = (memory: string, own: Readonly<Record<string, string>> = {}) =>
  serverParameters({
    ...SAMPLE_MODEL,
    postgresql: {
      ...SAMPLE_MODEL.postgresql,
      resources: { ...SAMPLE_RESOURCES, limits: { cpu: "2", memory } },
      parameters: own,
    },
  });

test("buffers follow the memory limit", () => {
  expect(parameters("4Gi")).toMatchObject({ shared_buffers: "1024MB", effective_cache_size: "3072MB" });
  expect(parameters("20Mi")).toMatchObject({ shared_buffers: "16MB", effective_cache_size: "16MB" });
});

test("the platform's own values win, except where the operator depends on them", () => {
  expect(parameters("512Mi", { shared_buffers: "64MB", work_mem: "8MB", password_encryption: "md5" })).toMatchObject({
    shared_buffers: "64MB",
    work_mem: "8MB",
    password_encryption: "scram-sha-256",
  });
});
