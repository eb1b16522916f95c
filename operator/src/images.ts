import type { ImageName } from "./names.ts";
import { VERSION } from "./version.ts";

/** Reference of each image, such as `registry/name:tag`. */
export type ImageCatalogue = Readonly<Record<ImageName, string>>;

/** What runs when nothing else is named. */
export const DEFAULT_IMAGES: ImageCatalogue = {
  postgresql: `profile-platform/postgresql:${VERSION}`,
  redis: `profile-platform/redis:${VERSION}`,
  rabbitmq: `profile-platform/rabbitmq:${VERSION}`,
  runtime: `profile-platform/runtime:${VERSION}`,
};
