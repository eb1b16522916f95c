import { expect, test } from "vitest";
import { parseManifest, readManifests } from "./manifest.ts";

const HEAD = "apiVersion: profileplatform.io/v1alpha1\nkind: ProfilePlatform\nmetadata: {name: demo}\n";

test("a manifest is given as it stands in the file", () => {
  expect(parseManifest("demo.yaml", `${HEAD}spec: {server: {replicas: 2}}\n`)).toEqual([
    {
      apiVersion: "profileplatform.io/v1alpha1",
      kind: "ProfilePlatform",
      metadata: { name: "demo" },
      spec: { server: { replicas: 2 } },
    },
  ]);
});

test("several documents are several platforms; empty ones do not count", () => {
  const text = `---\n${HEAD}---\n---\n${HEAD.replace("demo", "other")}`;
  expect(parseManifest("two.yaml", text).map(({ metadata }) => metadata.name)).toEqual(["demo", "other"]);
});

test.each([
  ["nothing", "", "demo.yaml is empty: write a ProfilePlatform into it"],
  ["a comment", "# nothing yet\n", "demo.yaml is empty: write a ProfilePlatform into it"],
  ["a list", "- 1\n", "demo.yaml: a manifest is an object with apiVersion and kind, not [1]"],
  [
    "another kind",
    "apiVersion: v1\nkind: Pod\n",
    "demo.yaml: v1 Pod is no ProfilePlatform: give manifests of apiVersion profileplatform.io/v1alpha1 and kind ProfilePlatform only",
  ],
  ["no name", HEAD.replace("{name: demo}", "{}"), "demo.yaml: metadata.name is missing: give the platform a name"],
  [
    "a field that is spelled wrong",
    `${HEAD}spec: {server: {replica: 2}}\n`,
    "demo.yaml: spec.server.replica is no known field: remove it, or use one of replicas, autoscaling, exposure, database, cache, tasks, images, events, allowedOrigins, rateLimits, trustedProxyHops, shedding, circuitBreakers, resources, probes",
  ],
])("refuses %s, with the cure", (_, text, message) => {
  expect(() => parseManifest("demo.yaml", text)).toThrow(message);
});

test("names every field that is wrong, a line each", () => {
  const text = `${HEAD}spec: {server: {replicas: 0}, worker: {replicas: "2"}}\n`;
  expect(() => parseManifest("demo.yaml", text)).toThrow(
    "demo.yaml: spec.server.replicas must be 1 or above, and is 0\n" +
      'demo.yaml: spec.worker.replicas must be a whole number, not "2"',
  );
});

test("broken YAML is refused with the place", () => {
  expect(() => parseManifest("demo.yaml", "spec: {server: {\n")).toThrow(/demo\.yaml: .* at line \d+, column \d+/s);
});

test("a file that is not there is refused by name", () => {
  expect(() => readManifests(["/nowhere/demo.yaml"])).toThrow(
    "/nowhere/demo.yaml cannot be read (ENOENT): give the path of a manifest",
  );
});
