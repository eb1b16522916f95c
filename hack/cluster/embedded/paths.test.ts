import { expect, it } from "vitest";
import { cacheRoot, clusterPaths } from "./paths.ts";

it.each([
  [{ PROFILE_PLATFORM_CACHE: "/c", XDG_CACHE_HOME: "/x", HOME: "/h" }, "/c"],
  [{ XDG_CACHE_HOME: "/x", HOME: "/h" }, "/x/profile-platform"],
  [{ XDG_CACHE_HOME: "", HOME: "/h" }, "/h/.cache/profile-platform"],
])("finds the cache by %j", (env, path) => {
  expect(cacheRoot(env)).toBe(path);
});

it("keeps the state of a cluster in a folder of its own", () => {
  const paths = clusterPaths("/c", "test");
  expect(paths.kubeconfig).toBe("/c/clusters/test/kubeconfig");
  expect(paths.kubeconfigOf("proxy")).toBe("/c/clusters/test/pki/proxy.kubeconfig");
  expect(paths.node("node2").volumes).toBe("/c/clusters/test/node2/volumes");
});
