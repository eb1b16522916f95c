import type { RequestHandler } from "express";
import type { ImageLinks } from "../images/links.ts";
import { answerJson } from "../kit/http/answer-json.ts";
import { pageOf } from "../kit/http/page.ts";
import { Problem } from "../kit/http/problem.ts";
import { validate } from "../kit/http/validate.ts";
import { type Cursor, decodeCursor, differences, encodeCursor } from "./cursor.ts";
import { filtersOf, type ListQuery, listQuery } from "./list-query.ts";
import type { ProfileService } from "./service.ts";

/** Answers with a page of profiles. */
export function listHandler(profiles: ProfileService, links: ImageLinks): RequestHandler {
  return async (request, response) => {
    const query = validate(listQuery, request.query, "");
    const { sort, limit } = query;
    const filters = filtersOf(query);
    const after = cursorOf(query)?.after;
    const found = await profiles.list({ sort, filters, limit: limit + 1, ...(after === undefined ? {} : { after }) });
    const { rows, ...next } = pageOf(found, limit, ({ position }) => encodeCursor({ sort, filters, after: position }));
    answerJson(response, { profiles: rows.map(({ profile }) => links.profile(profile)), ...next });
  };
}

/** @throws Problem when it is none, or that of another listing */
function cursorOf(query: ListQuery): Cursor | undefined {
  if (query.cursor === undefined) return undefined;
  const cursor = decodeCursor(query.cursor);
  if (cursor === undefined) {
    const errors = [{ pointer: "cursor", detail: "must be the nextCursor of an earlier answer" }];
    throw new Problem("validation-failed", "Correct these fields and send the request again: cursor", { errors });
  }
  const others = differences(cursor, query.sort, filtersOf(query));
  if (others.length === 0) return cursor;
  const detail =
    "The cursor is from a listing with another sort or other filters. Repeat those, or leave the cursor out to begin anew.";
  const errors = [{ pointer: "cursor", detail: "is from a listing with another sort or other filters" }, ...others];
  throw new Problem("validation-failed", detail, { errors });
}
