import { platformManifest } from "../support/platform.ts";

/** The platform that most tests share: making one costs a minute, looking at it costs nothing. */
export const DEMO = platformManifest("demo", {
  server: { exposure: { type: "NodePort" } },
});
