/** The schema of ProfilePlatform without an API server: what `render` and the code generator need of it. */
export { applyDefaults } from "./defaulting.ts";
export type { Defect } from "./defect.ts";
export { findDefects, findManifestDefects } from "./validation.ts";
