import type { Router } from "express";
import { type EventRoutesOptions, eventRoutes } from "../events/router.ts";
import type { Idempotency } from "../idempotency/idempotency.ts";
import { type ImageRoutesOptions, imageRoutes } from "../images/router.ts";
import { openapiRoutes } from "../openapi/router.ts";
import { profileRoutes } from "../profiles/router.ts";
import type { ProfileService } from "../profiles/service.ts";
import { type TaskRoutesOptions, taskRoutes } from "../tasks/router.ts";
import { serverDocument } from "./openapi.ts";

export interface ServerParts {
  readonly profiles: ProfileService;
  readonly images: ImageRoutesOptions;
  readonly tasks: Omit<TaskRoutesOptions, "idempotency">;
  readonly events: EventRoutesOptions;
  readonly idempotency: Idempotency;
}

/** Everything that the server answers beside what every service does. */
export function serverRoutes({ profiles, images, tasks, events, idempotency }: ServerParts): readonly Router[] {
  return [
    profileRoutes(profiles, idempotency, images.links),
    imageRoutes(images),
    taskRoutes({ ...tasks, idempotency }),
    eventRoutes(events),
    openapiRoutes(serverDocument),
  ];
}
