import { issuer } from "@profile-platform/runtime/test/issuer";
import { createSettings, endServices, migrateDatabase, startService } from "@profile-platform/runtime/test/service";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fuzz } from "./fuzz.ts";
import { ensureSchemathesis, type Schemathesis } from "./install.ts";
import { summaryOf } from "./summary.ts";

let schemathesis: Schemathesis;
let url: string;

beforeAll(async () => {
  schemathesis = await ensureSchemathesis();
  const settings = await createSettings();
  await migrateDatabase(settings);
  const server = startService("server", settings);
  const worker = startService("worker", settings);
  await Promise.all([server.ready(), worker.ready()]);
  url = await server.url();
}, 300_000);
afterAll(endServices);

test("what the OpenAPI document promises holds for requests that nobody thought of", async () => {
  const target = { url, token: await issuer.token() };
  const { tally, problems, output } = await fuzz(schemathesis, target, {
    seed: 20_261,
    examples: 15,
    seconds: undefined,
  });
  console.log(summaryOf(tally));
  // Its own words come first: they have the requests.
  if (problems.length > 0) console.log(output);
  expect(problems).toEqual([]);
}, 300_000);
