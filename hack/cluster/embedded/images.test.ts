import { expect, it } from "vitest";
import { parseImageList, parseImport } from "./images.ts";

const digest = `sha256:${"ab".repeat(32)}`;

it("reads what was imported", () => {
  const output = `unpacking localhost/redis:1 (${digest})...done\nunpacking docker.io/library/x:2 (${digest})...done\n`;
  expect(parseImport(output)).toEqual([
    { name: "localhost/redis:1", digest },
    { name: "docker.io/library/x:2", digest },
  ]);
});

it("reads the images of a node", () => {
  const table = [
    "REF               TYPE                                       DIGEST  SIZE    PLATFORMS   LABELS",
    `localhost/redis:1 application/vnd.oci.image.manifest.v1+json ${digest} 2.6 MiB linux/amd64 -`,
    "",
  ].join("\n");
  expect([...parseImageList(table)]).toEqual([["localhost/redis:1", digest]]);
});
