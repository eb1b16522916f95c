import { createClient } from "@profile-platform/runtime/test/client";
import { createSettings, endServices, migrateDatabase, startService } from "@profile-platform/runtime/test/service";
import { afterAll, beforeAll, expect, test } from "vitest";
import { documentedQueries, documentedServiceMetrics } from "../e2e/support/documented-metrics.ts";
import { type Family, parseFamilies } from "../e2e/support/exposition.ts";

/** Families that the services have, with everything configured that brings some. */
let families: ReadonlyMap<string, Family>;

beforeAll(async () => {
  const settings = await createSettings();
  await migrateDatabase(settings);
  const { DB_HOST = "", DB_PORT = "" } = settings;
  const server = startService("server", {
    ...settings,
    DB_READ_HOST: DB_HOST,
    DB_READ_PORT: DB_PORT,
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
  });
  const worker = startService("worker", settings);
  // One that waits for its second database tells of it all the same.
  const waiting = startService("server", { ...settings, DB_SHARDS: `${DB_HOST}:${DB_PORT}/nowhere` });
  await Promise.all([server.ready(), worker.ready()]);
  await createClient(await server.url()).create("documented@example.org");
  // Last the one that was asked for something: it has samples of what was answered.
  const scrapes = await Promise.all(
    [waiting, worker, server].map(async (service) => scrape(await service.metricsUrl())),
  );
  families = new Map(scrapes.flatMap((scraped) => [...scraped]));
});
afterAll(endServices);

async function scrape(url: string): Promise<ReadonlyMap<string, Family>> {
  return parseFamilies(await (await fetch(`${url}/metrics`)).text());
}

test("the pages about the services list the metrics that these have, and no others", () => {
  const pages = ["api.md", "caching.md", "monitoring.md"];
  const own = [...families.keys()].filter((name) => !/^(?:process|nodejs)_/.test(name));
  expect([...documentedServiceMetrics(pages)].toSorted()).toEqual(own.toSorted());
});

test("every question of docs/monitoring.md is about metrics and labels that there are", () => {
  const queries = documentedQueries("monitoring.md");
  expect(queries.length).toBeGreaterThan(15);
  const wrong = queries.flatMap((query) => selectorsOf(query).flatMap((selector) => faultsOf(selector, query)));
  expect(wrong).toEqual([]);
});

interface Selector {
  readonly name: string;
  readonly labels: readonly string[];
}

/** The series that a query selects; a name without braces has an underscore, which no keyword but one has. */
function selectorsOf(query: string): readonly Selector[] {
  const grouping = query.replaceAll(/\bby \([^)]*\)/g, "");
  return [...grouping.matchAll(/\b([a-z]\w*_\w+)\b(?:\{([^}]*)\})?(?!\()/g)].map(([, name = "", matchers = ""]) => ({
    name,
    labels: [...matchers.matchAll(/(\w+)(?:=|!=|=~|!~)"/g)].map(([, label = ""]) => label),
  }));
}

function faultsOf({ name, labels }: Selector, query: string): readonly string[] {
  const family = families.get(name) ?? families.get(name.replace(/_(?:bucket|sum|count)$/, ""));
  if (family === undefined) return [`${name} is no metric: ${query}`];
  return labels
    .filter((label) => family.labels?.includes(label) !== true)
    .map((label) => `${name} has no label ${label}: ${query}`);
}
