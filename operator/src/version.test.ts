import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { DESCRIPTION, VERSION } from "./version.ts";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

test("every package and the chart have the one version", () => {
  const packages = ["package.json", "crds/package.json", "operator/package.json", "runtime/package.json"];
  for (const path of packages) expect(JSON.parse(read(path)), path).toMatchObject({ version: VERSION });
  const chart = parse(read("charts/profile-platform-operator/Chart.yaml")) as Record<string, unknown>;
  expect([chart["version"], chart["appVersion"]]).toEqual([VERSION, VERSION]);
});

test("what runs from its sources says so", () => {
  expect(DESCRIPTION).toBe(`${VERSION} (from sources, Node.js ${process.version})`);
});
