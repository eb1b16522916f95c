import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { IMAGE_NAMES, IMAGES, parseImageNames } from "./catalogue.ts";
import { REPOSITORY } from "./paths.ts";

describe("parseImageNames", () => {
  test("takes no name for all", () => {
    expect(parseImageNames([])).toEqual(IMAGE_NAMES);
  });

  test("gives each name once, in build order", () => {
    expect(parseImageNames(["operator", "redis", "operator"])).toEqual(["redis", "operator"]);
  });

  test("says which names there are", () => {
    expect(() => parseImageNames(["postgres"])).toThrow(
      'there is no image "postgres": choose from postgresql, rabbitmq, prometheus, redis, runtime, operator',
    );
  });
});

describe.each(Object.values(IMAGES).filter((source) => source.base !== undefined))("Dockerfile of $name", (source) => {
  const text = readFileSync(join(REPOSITORY, source.dockerfile), "utf8");

  test("stands on the published base unless it is given another", () => {
    expect(text).toContain(
      `ARG BASE=${source.base?.built === "node-base" ? "node:24-trixie-slim" : "debian:trixie-slim"}\nFROM \${BASE}\n`,
    );
  });

  test("names no host", () => {
    expect(text).not.toMatch(/https?:|\.(com|io|org|net)\b/);
  });
});

describe.each(IMAGE_NAMES)("Dockerfile of %s", (name) => {
  const text = readFileSync(join(REPOSITORY, IMAGES[name].dockerfile), "utf8");

  test("ends as user 10001, with nobody able to become another", () => {
    expect(text.match(/^USER .*/gm)?.at(-1)).toBe("USER 10001:10001");
    expect(text).toContain("find / -xdev -type f -perm /6000 -exec chmod ug-s {} +");
  });

  test("leaves command and arguments to the operator", () => {
    expect(text).not.toContain("ENTRYPOINT");
  });
});
