import { describe, expect, test } from "vitest";
import { IMAGES } from "../catalogue.ts";
import type { PlannedImage } from "../plan.ts";
import { buildArguments, storageArguments } from "./buildah.ts";
import { dockerBuildArguments } from "./docker.ts";
import { missingPackages } from "./prerequisites.ts";

function planned(name: keyof typeof IMAGES, base: PlannedImage["base"]): PlannedImage {
  return {
    source: IMAGES[name],
    key: "k",
    reference: `localhost/profile-platform/${name}:k`,
    archive: `/c/${name}-k.tar`,
    base,
  };
}

const debian = planned("debian-base", undefined);

describe("buildah", () => {
  test("builds on a base of its own, and lends apt sources to a build that installs packages", () => {
    const inputs = { repository: "/r", context: "/r/hack/images/redis", sources: "/t/sources.list" };
    expect(buildArguments(planned("redis", debian), inputs)).toEqual([
      "build",
      "--pull-never",
      "--format=oci",
      "--isolation=chroot",
      "--network=host",
      "--tag=localhost/profile-platform/redis:k",
      "--file=/r/hack/images/redis/Dockerfile",
      "--build-arg=BASE=localhost/profile-platform/debian-base:k",
      "--volume=/t/sources.list:/etc/apt/sources.list:ro",
      "/r/hack/images/redis",
    ]);
  });

  test("lends nothing to a build that installs nothing", () => {
    const inputs = { repository: "/r", context: "/r/runtime/build", sources: undefined };
    expect(buildArguments(planned("runtime", planned("node-base", debian)), inputs).slice(-2)).toEqual([
      "--build-arg=BASE=localhost/profile-platform/node-base:k",
      "/r/runtime/build",
    ]);
  });

  test("starts from nothing at the bottom", () => {
    const inputs = { repository: "/r", context: "/t/context", sources: "/t/sources.list" };
    expect(buildArguments(debian, inputs).slice(-2)).toEqual([
      "--file=/r/hack/images/debian-base/Dockerfile",
      "/t/context",
    ]);
  });

  test("works in a storage of its own", () => {
    expect(storageArguments({ driver: "vfs", root: "/s", runRoot: "/t/run" })).toEqual(
      "--root /s --runroot /t/run --storage-driver vfs".split(" "),
    );
  });
});

describe("docker", () => {
  test("builds on a published base", () => {
    expect(dockerBuildArguments(planned("redis", "debian:trixie-slim"), "/r")).toEqual([
      "build",
      "--quiet",
      "--tag=localhost/profile-platform/redis:k",
      "--file=/r/hack/images/redis/Dockerfile",
      "--build-arg=BASE=debian:trixie-slim",
      "/r/hack/images/redis",
    ]);
  });

  test("takes the network from a build that installs nothing", () => {
    expect(dockerBuildArguments(planned("operator", "node:24-trixie-slim"), "/r").slice(-2)).toEqual([
      "--network=none",
      "/r/operator/build",
    ]);
  });

  test("refuses a base that it does not have", () => {
    expect(() => dockerBuildArguments(planned("redis", debian), "/r")).toThrow(
      "docker builds redis on a published image",
    );
  });
});

test("missingPackages names the packages whose files are missing", () => {
  expect(missingPackages(() => true)).toEqual([]);
  expect(missingPackages((path) => path !== "/usr/bin/mmdebstrap")).toEqual(["mmdebstrap"]);
});
