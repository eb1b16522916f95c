/** What tests and other tools of the project use of the local cluster. */
export { chooseProvider } from "./choose.ts";
export { type ControlPlane, type ControlPlaneOptions, startControlPlane } from "./control-plane.ts";
export { cacheRoot, clusterPaths } from "./embedded/paths.ts";
export { createProgress, formatSeconds, type Progress, silent } from "./embedded/progress.ts";
export { embeddedProvider } from "./embedded/provider.ts";
export { preferOwnKubectl } from "./own-kubectl.ts";
export type { ClusterProvider } from "./provider.ts";
