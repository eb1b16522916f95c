import type { Migration } from "kysely/migration";
import { profiles } from "./migrations/0001-profiles.ts";
import { cacheTrust } from "./migrations/0002-cache-trust.ts";
import { tasks } from "./migrations/0003-tasks.ts";
import { listingAndIdempotency } from "./migrations/0004-listing-and-idempotency.ts";
import { taskControl } from "./migrations/0005-task-control.ts";
import { images } from "./migrations/0006-images.ts";
import { searchWithoutPendingList } from "./migrations/0007-search-without-pending-list.ts";
import { events } from "./migrations/0008-events.ts";
import { taskTraces } from "./migrations/0009-task-traces.ts";
import { databaseHistory } from "./migrations/0010-database-history.ts";
import { shards } from "./migrations/0011-shards.ts";

/**
 * Every version of the schema, oldest first by name. Imported, not found on disk, because each service is bundled to
 * one file. A migration that was released is never edited; and as the previous release goes on running while a
 * migration is applied, each one must leave that release working: add first, remove a release later.
 */
export const migrations: Readonly<Record<string, Migration>> = {
  "0001-profiles": profiles,
  "0002-cache-trust": cacheTrust,
  "0003-tasks": tasks,
  "0004-listing-and-idempotency": listingAndIdempotency,
  "0005-task-control": taskControl,
  "0006-images": images,
  "0007-search-without-pending-list": searchWithoutPendingList,
  "0008-events": events,
  "0009-task-traces": taskTraces,
  "0010-database-history": databaseHistory,
  "0011-shards": shards,
};
