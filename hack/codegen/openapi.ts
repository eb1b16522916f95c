import { stringify } from "yaml";
import type { Output } from "./outputs.ts";

const NOTE =
  'Generated from the schemas in runtime/src. Do not edit: change the schemas there, then run "make generate".';

/** The OpenAPI document of the profile API as a file that people and tools read. */
export function renderOpenapi(document: object): Output {
  // Some readers take YAML 1.1, in which a bare off is false.
  const yaml = stringify(document, { lineWidth: 0, aliasDuplicateObjects: false, compat: "yaml-1.1" });
  return { path: "docs/openapi.yaml", text: `# ${NOTE}\n${yaml}` };
}
