import type { Router } from "express";
import type { Idempotency } from "../idempotency/idempotency.ts";
import { openapiRoutes } from "../openapi/router.ts";
import { profileRoutes } from "../profiles/router.ts";
import type { ProfileService } from "../profiles/service.ts";
import { taskRoutes } from "../tasks/router.ts";
import type { TaskSchedule } from "../tasks/schedule.ts";
import { serverDocument } from "./openapi.ts";

export interface ServerParts {
  readonly profiles: ProfileService;
  readonly schedule: TaskSchedule;
  readonly idempotency: Idempotency;
}

/** Everything that the server answers beside what every service does. */
export function serverRoutes({ profiles, schedule, idempotency }: ServerParts): readonly Router[] {
  return [profileRoutes(profiles, idempotency), taskRoutes(schedule, idempotency), openapiRoutes(serverDocument)];
}
