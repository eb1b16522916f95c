import { serverDocument } from "@profile-platform/runtime/openapi";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { renderOpenapi } from "./openapi.ts";

test("the file says what the server answers, in either version of YAML", () => {
  const { path, text } = renderOpenapi(serverDocument);
  expect(path).toBe("docs/openapi.yaml");
  expect(text).toMatch(/^# Generated .*\nopenapi: 3\.1\.1\n/);
  const served: unknown = JSON.parse(JSON.stringify(serverDocument));
  expect(parse(text)).toEqual(served);
  expect(parse(text, { version: "1.1" })).toEqual(served);
});
