import { Client as PostgresClient } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listStatement } from "../src/profiles/list-statement.ts";
import type { ProfileView } from "../src/profiles/profile.ts";
import { type Sort, sorts } from "../src/profiles/sort.ts";
import { type Client, createClient, type ProfileBody, send } from "./client.ts";
import { ownServices } from "./own-services.ts";
import { listing, readAll, readPage } from "./pages.ts";
import { runSql } from "./postgres.ts";
import { createSettings, endServices, migrateDatabase, type Settings, startService } from "./service.ts";

let settings: Settings;
let client: Client;

beforeAll(async () => {
  settings = await createSettings();
  await migrateDatabase(settings);
  const server = startService("server", settings);
  await server.ready();
  client = createClient(await server.url());
});
afterAll(endServices);

async function sql(statement: string) {
  return runSql(ownServices().postgres.port, settings["DB_NAME"] ?? "", statement);
}

async function create(name: string, email: string, bio?: string): Promise<ProfileView> {
  const { body } = await send<ProfileBody>(`${client.url}/api/v1/profiles`, "POST", { name, email, bio });
  return body.profile;
}

const emails = (profiles: readonly ProfileView[]) => profiles.map(({ email }) => email);

async function found(query: Readonly<Record<string, string>>): Promise<readonly string[]> {
  return emails(await readAll(client.url, query));
}

/** Fills the table with profiles among which each thing that is sorted by occurs many times. */
async function fill(count: number): Promise<void> {
  await sql("TRUNCATE profiles, profile_images");
  await sql(`INSERT INTO profiles (id, name, email, created_at, updated_at)
    SELECT gen_random_uuid(), chr(65 + n % 7 + 32 * (n % 2)) || 'name', n || '@example.org',
      timestamptz '2026-01-01 12:00:00Z' + n % 11 * interval '1 microsecond',
      timestamptz '2026-02-01 12:00:00Z' + n % 5 * interval '1 microsecond'
    FROM generate_series(1, ${count}) AS n`);
  await sql("ANALYZE profiles");
}

describe("every order", () => {
  beforeAll(() => fill(150));

  test.each(sorts)("%s goes through all profiles once, those with the same key included", async (sort) => {
    const listed = await readAll(client.url, { sort, limit: "7" });
    expect(new Set(emails(listed)).size).toBe(150);
    expect(listed).toHaveLength(150);
    const field = sort.replace("-", "") as "createdAt" | "updatedAt" | "name";
    const keys = listed.map((profile) => profile[field].toLowerCase());
    const sorted = keys.toSorted();
    expect(keys).toEqual(sort.startsWith("-") ? sorted.toReversed() : sorted);
  });

  test.each(["createdAt", "updatedAt", "name"] as const)("-%s is the reverse of it", async (sort) => {
    const forwards = await readAll(client.url, { sort, limit: "13" });
    const backwards = await readAll(client.url, { sort: `-${sort}`, limit: "17" });
    expect(emails(backwards)).toEqual(emails(forwards).toReversed());
  });

  test("without one, createdAt, to the microsecond", async () => {
    const [{ order } = {}] = await sql("SELECT array_agg(email ORDER BY created_at, position) AS order FROM profiles");
    expect(emails(await readAll(client.url, { limit: "9" }))).toEqual(order);
  });
});

describe("while others write", () => {
  test.each(sorts)("%s shows no profile twice and leaves out none that stays as it is", async (sort) => {
    await fill(60);
    const before = emails(await readAll(client.url, { limit: "100" }));
    let page = 0;
    const listed = await readAll(client.url, { sort, limit: "5" }, async () => {
      page += 1;
      // A listing in the order of creation ends only when they do.
      if (page > 10) return;
      await Promise.all([
        create("Aname", `new-${page}@example.org`),
        create("zname", `another-${page}@example.org`),
        sql(`UPDATE profiles SET bio = '${page}', version = version + 1 WHERE email = '${page}@example.org'`),
        sql(`DELETE FROM profiles WHERE email = '${60 - page}@example.org'`),
      ]);
    });
    const shown = emails(listed);
    expect(new Set(shown).size).toBe(shown.length);
    const stayed = new Set(emails(await readAll(client.url, { limit: "100" })));
    expect(before.filter((email) => stayed.has(email) && !shown.includes(email))).toEqual([]);
    expect(stayed.size).toBe(70);
  });

  test("one whose transaction commits late is found by every listing that begins afterwards", async () => {
    await fill(3);
    const { port } = ownServices().postgres;
    const slow = new PostgresClient({ host: "127.0.0.1", port, user: "postgres", database: settings["DB_NAME"] });
    await slow.connect();
    await slow.query("BEGIN");
    await slow.query("INSERT INTO profiles (id, name, email) VALUES (gen_random_uuid(), 'Early', 'early@example.org')");
    await create("Late", "late@example.org");
    expect((await found({ limit: "2" })).slice(3)).toEqual(["late@example.org"]);
    await slow.query("COMMIT");
    await slow.end();
    expect((await found({ limit: "2" })).slice(3)).toEqual(["early@example.org", "late@example.org"]);
  });
});

describe("a filter", () => {
  let ada: ProfileView;
  let grace: ProfileView;

  beforeAll(async () => {
    await sql("TRUNCATE profiles, profile_images");
    ada = await create("Ada Lovelace", "Ada.Lovelace@Example.org", "Notes on the analytical engine");
    await create("Amélie", "amelie@example.com", "Paris – Montmartre");
    grace = await create("Grace O'Hopper-Murray", "grace@navy.example.mil", "COBOL & compilers, in 1959");
    await sql(`UPDATE profiles SET created_at = '2026-01-01 12:00:00.001999Z', updated_at = '2026-01-02 12:00:00.001Z'
      WHERE id = '${ada.id}'`);
    await sql(`UPDATE profiles SET created_at = '2026-01-03 12:00:00Z', updated_at = '2026-01-04 12:00:00Z'
      WHERE id = '${grace.id}'`);
    await sql(
      "UPDATE profiles SET created_at = '2026-01-02 12:00Z', updated_at = '2026-01-03 12:00Z' WHERE name = 'Amélie'",
    );
  });

  const [a, m, g] = ["Ada.Lovelace@Example.org", "amelie@example.com", "grace@navy.example.mil"];

  test.each([
    [{ name: "ada lovelace" }, [a]],
    [{ name: "ADA LOVELACE" }, [a]],
    [{ name: "AME\u0301LIE" }, [m]],
    [{ name: "Ada" }, []],
    [{ email: "ada.lovelace@EXAMPLE.org" }, [a]],
    [{ email: "lovelace@example.org" }, []],
    [{ createdAfter: "2026-01-02T12:00:00Z" }, [g]],
    [{ createdAfter: "2026-01-02T12:59:59.999+01:00" }, [m, g]],
    [{ createdBefore: "2026-01-02T12:00:00Z" }, [a]],
    [{ createdAfter: "2026-01-01T12:00:00.001Z" }, [m, g]],
    [{ createdAfter: "2026-01-01T12:00:00Z" }, [a, m, g]],
    [{ createdBefore: "2026-01-01T12:00:00.001Z" }, []],
    [{ createdBefore: "2026-01-01T12:00:00.002Z" }, [a]],
    [{ updatedAfter: "2026-01-03T12:00:00Z" }, [g]],
    [{ updatedBefore: "2026-01-03T12:00:00Z" }, [a]],
    [{ createdAfter: "2026-01-01T13:00:00Z", updatedBefore: "2026-01-04T00:00:00Z" }, [m]],
    [{ createdAfter: "2027-01-01T00:00:00Z", createdBefore: "2026-01-01T00:00:00Z" }, []],
  ])("%j", async (query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  test.each([
    ["ada", [a]],
    ["ANALYT", [a]],
    ["love engine", [a]],
    ["engine love ada notes", [a]],
    ["ada compilers", []],
    ["velace", []],
    ["example", [a, m, g]],
    ["example.org", [a]],
    ["grace@navy.example.mil", [g]],
    ["navy", [g]],
    ["o'hopper", [g]],
    ["murray", [g]],
    ["1959", [g]],
    ["195", [g]],
    ["AMÉLIE", [m]],
    ["ame\u0301l", [m]],
    ["montm", [m]],
    ["in", [g]],
    ["the", [a]],
    ["a & !b", []],
    ["ada:* | grace", []],
  ])("search for %s", async (search, expected) => {
    expect(await found({ search })).toEqual(expected);
  });

  test("search goes together with other filters, every order, and pages", async () => {
    expect(await found({ search: "example", sort: "-name", limit: "1" })).toEqual([g, m, a]);
    expect(await found({ search: "example", createdAfter: "2026-01-02T00:00:00Z", sort: "-createdAt" })).toEqual([
      g,
      m,
    ]);
  });

  test("search finds what a profile says now", async () => {
    const input = { name: "Grace Hopper", email: "grace@navy.example.mil", bio: "Rear admiral" };
    expect((await client.replace(grace.id, input)).status).toBe(200);
    expect(await found({ search: "cobol" })).toEqual([]);
    expect(await found({ search: "admiral" })).toEqual([g]);
  });

  test("that no profile can meet is refused, as is a parameter that is given twice", async () => {
    const answer = await send(`${client.url}/api/v1/profiles?search=%00&email=x&createdAfter=now&sort=a&sort=b`);
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map(({ pointer }) => pointer)).toEqual(["email", "createdAfter", "search", "sort"]);
    expect(answer.body.errors?.at(-1)?.detail).toBe("must be given once");
  });
});

describe("a cursor", () => {
  beforeAll(() => fill(20));

  test("is refused with another sort or other filters, and the answer says which", async () => {
    const query = { sort: "name", search: "example", limit: "5" };
    const { nextCursor: cursor = "" } = await readPage(client.url, query);
    const { body, status } = await send(listing(client.url, { sort: "-name", email: "1@example.org", cursor }));
    expect([status, body.type]).toEqual([400, "urn:profile-platform:problem:validation-failed"]);
    expect(body.detail).toBe(
      "The cursor is from a listing with another sort or other filters. Repeat those, or leave the cursor out to begin anew.",
    );
    expect(body.errors).toEqual([
      { pointer: "cursor", detail: "is from a listing with another sort or other filters" },
      { pointer: "sort", detail: 'must be "name", as in the request that the cursor is from' },
      { pointer: "email", detail: "must be left out, as in the request that the cursor is from" },
      { pointer: "search", detail: 'must be "example", as in the request that the cursor is from' },
    ]);
    const other = await readPage(client.url, { ...query, limit: "3", cursor });
    expect(other.profiles).toHaveLength(3);
  });

  test("goes on from the same place when the profile that it was made at is gone, and in another process", async () => {
    const all = await found({ sort: "-updatedAt", limit: "100" });
    const first = await readPage(client.url, { sort: "-updatedAt", limit: "6" });
    await sql(`DELETE FROM profiles WHERE id = '${first.profiles.at(-1)?.id}'`);
    const server = startService("server", settings);
    await server.ready();
    const rest = await readAll(await server.url(), { sort: "-updatedAt", cursor: first.nextCursor ?? "" });
    expect([...emails(first.profiles), ...emails(rest)]).toEqual(all);
  });

  test("that was made up is refused, whatever is in it", async () => {
    const made = [
      { s: "createdAt", f: {}, k: "2026-01-01", p: "1" },
      { s: "name", f: {}, k: "\0", p: "1" },
      { s: "name", f: {}, k: "a", p: "1e3" },
    ];
    for (const value of made) {
      const cursor = Buffer.from(JSON.stringify(value)).toString("base64url");
      const { status, body } = await send(listing(client.url, { sort: value.s, cursor }));
      expect([status, body.errors?.[0]?.pointer]).toEqual([400, "cursor"]);
    }
    const farthest = { s: "createdAt", f: {}, k: "9".repeat(16), p: "9".repeat(18) };
    const cursor = Buffer.from(JSON.stringify(farthest)).toString("base64url");
    expect(await found({ cursor })).toEqual([]);
  });
});

describe("with many profiles", () => {
  beforeAll(async () => {
    // What is found by an index must not hang on when the table was last vacuumed.
    await sql("ALTER TABLE profiles SET (autovacuum_enabled = false)");
    await fill(20_000);
    // Words as people use them: a few of them often, most of them hardly ever.
    await sql(`UPDATE profiles SET bio = (
      SELECT string_agg(left(translate(md5(floor(3000 ^ ((position * 7919 + n * 104729) % 10007 / 10007.0))::text),
        '0123456789', 'ghijklmnop'), 7), ' ') FROM generate_series(1, 8) AS n)`);
    await sql("ANALYZE profiles");
  });

  async function plan(sort: Sort, filters: Readonly<Record<string, string>> = {}, deep = false): Promise<string> {
    const after = sort.endsWith("name")
      ? { key: "dname", position: "10000" }
      : { key: String(Date.parse("2026-01-15T12:00:00Z") * 1_000), position: "10000" };
    const { text, values } = listStatement("id", { sort, filters, limit: 21, ...(deep ? { after } : {}) });
    const literal = (value: unknown) =>
      typeof value === "number" ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
    const rows = await sql(
      `EXPLAIN ${text.replaceAll(/\$(\d+)/g, (_match, n: string) => literal(values[Number(n) - 1]))}`,
    );
    return rows.map((row) => String(row["QUERY PLAN"])).join("\n");
  }

  test.each(sorts.flatMap((sort) => [[sort, false] as const, [sort, true] as const]))(
    "a page by %s is read from its index alone (further on: %s)",
    async (sort, deep) => {
      const column = { createdAt: "created_at", updatedAt: "updated_at", name: "name" }[sort.replace("-", "")];
      const text = await plan(sort, {}, deep);
      expect(text).toContain(`using profiles_${column}_idx`);
      expect(text).not.toMatch(/Sort|Seq Scan/);
    },
  );

  test.each([
    ["a word that few profiles have", { search: "nobody" }, "profiles_search_idx"],
    ["a word that most have, which is soon found in the order", { search: "exam" }, "profiles_created_at_idx"],
    ["an e-mail address", { email: "17@example.org" }, "profiles_email_key"],
  ])("%s is looked for by an index", async (_what, filters, index) => {
    expect(await plan("createdAt", filters)).toContain(index);
  });

  test("a name is looked for by an index", async () => {
    await sql("UPDATE profiles SET name = 'Other ' || email WHERE position % 50 > 0");
    await sql("ANALYZE profiles");
    expect(await plan("createdAt", { name: "BNAME" })).toContain("profiles_name_idx");
  });
});
