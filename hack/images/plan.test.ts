import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { IMAGE_NAMES, IMAGES, type ImageName } from "./catalogue.ts";
import { imagePaths, REPOSITORY } from "./paths.ts";
import { type Bases, inBuildOrder, type PlannedImage, planImages } from "./plan.ts";

let root: string;
const put = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const plan = (bases: Bases, names: readonly ImageName[] = IMAGE_NAMES) =>
  planImages(names, bases, root, imagePaths("/cache"));
const keys = async (bases: Bases = "built") =>
  Object.fromEntries(inBuildOrder((await plan(bases)).values()).map((image) => [image.source.name, image.key]));
/** Names of the images whose key a change moves. */
const changedBy = async (change: () => void, bases?: Bases): Promise<string[]> => {
  const before = await keys(bases);
  change();
  const after = await keys(bases);
  return Object.keys(after)
    .filter((name) => after[name] !== before[name])
    .sort();
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "plan-"));
  for (const { dockerfile } of Object.values(IMAGES)) {
    mkdirSync(dirname(join(root, dockerfile)), { recursive: true });
    cpSync(join(REPOSITORY, dockerfile), join(root, dockerfile));
  }
  put("node_modules/node/bin/node", "program");
  put("operator/build/operator.mjs", "operator");
  put("runtime/build/server.mjs", "server");
});
afterEach(() => rmSync(root, { recursive: true }));

describe("planImages", () => {
  test("gives reference and archive the key", async () => {
    const redis = (await plan("published", ["redis"])).get("redis") as PlannedImage;
    expect(redis).toEqual({
      source: IMAGES.redis,
      key: redis.key,
      reference: `localhost/profile-platform/redis:${redis.key}`,
      archive: `/cache/images/redis-${redis.key}.tar`,
      base: "debian:trixie-slim",
    });
  });

  test("leaves keys as they are while nothing changes", async () => {
    expect(await changedBy(() => put("operator/src/main.ts", "not in the image"))).toEqual([]);
  });

  test.each([
    ["a Dockerfile", "hack/images/redis/Dockerfile", ["redis"]],
    ["a bundle", "runtime/build/server.mjs", ["runtime"]],
    ["a new file in a bundle", "runtime/build/chunk.mjs", ["runtime"]],
    ["the key of a bundle", "runtime/build/.key", []],
    ["Node.js", "node_modules/node/bin/node", ["node-base", "operator", "runtime"]],
    [
      "the distribution",
      "hack/images/debian-base/Dockerfile",
      ["debian-base", "node-base", "operator", "postgresql", "prometheus", "rabbitmq", "redis", "runtime"],
    ],
  ])("moves with %s the keys of exactly what holds it", async (_what, path, names) => {
    expect(await changedBy(() => put(path, "changed"))).toEqual(names);
  });

  test("takes no part of the bases that are made here when published ones are used", async () => {
    expect(await changedBy(() => put("node_modules/node/bin/node", "changed"), "published")).toEqual([]);
    expect(Object.keys(await keys("published")).sort()).toEqual([...IMAGE_NAMES].sort());
  });

  test("gives other keys to images on other bases", async () => {
    expect((await keys("published"))["redis"]).not.toBe((await keys("built"))["redis"]);
  });
});

test("inBuildOrder puts each image once, behind its base", async () => {
  const order = inBuildOrder((await plan("built", ["operator", "runtime", "redis"])).values());
  expect(order.map((image) => image.source.name)).toEqual(["debian-base", "node-base", "operator", "runtime", "redis"]);
});
