import { expect } from "vitest";
import type { ProfileView } from "../src/profiles/profile.ts";
import { send } from "./client.ts";

export interface Page {
  readonly profiles: readonly ProfileView[];
  readonly nextCursor?: string;
}

export type Query = Readonly<Record<string, string>>;

/** The address of a listing. */
export function listing(url: string, query: Query): string {
  return `${url}/api/v1/profiles?${new URLSearchParams(query).toString()}`;
}

export async function readPage(url: string, query: Query): Promise<Page> {
  const { status, body } = await send<Page>(listing(url, query));
  expect([status, body]).toEqual([200, body]);
  return body;
}

/** Every profile of a listing, page by page; `between` happens after each page. */
export async function readAll(
  url: string,
  query: Query,
  between: () => Promise<unknown> = async () => undefined,
): Promise<readonly ProfileView[]> {
  const profiles: ProfileView[] = [];
  let cursor: string | undefined;
  do {
    const page = await readPage(url, cursor === undefined ? query : { ...query, cursor });
    profiles.push(...page.profiles);
    cursor = page.nextCursor;
    await between();
  } while (cursor !== undefined);
  return profiles;
}
