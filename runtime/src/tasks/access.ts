import type { Role } from "../auth/roles.ts";
import type { TaskType } from "./task.ts";

/** The least role that may have a task of a type carried out: deleting, and changing many profiles at once, is for admins. */
export const taskRoles = {
  echo: "editor",
  "profile.update": "editor",
  "profile.delete": "admin",
  "profiles.change-domain": "admin",
} as const satisfies Readonly<Record<TaskType, Role>>;
