import { expect, test } from "vitest";
import { tallyReport } from "./tally.ts";

const request = (method: string, path: string) => ({ value: { method, path } });
const answer = (status: number, headers = {}) => ({ response: { status_code: status, headers } });

test("requests are counted by operation and status, with what failed, what was made and what was not answered", async () => {
  const lines = [
    { Initialize: { seed: 1 } },
    {
      ScenarioFinished: {
        recorder: {
          cases: { a: request("post", "/things"), b: request("POST", "/things"), c: request("GET", "/things/{id}") },
          interactions: {
            a: answer(201, { Location: ["/things/1"] }),
            b: answer(400),
            c: { response: null },
          },
          checks: {
            a: [{ name: "not_a_server_error", status: "success" }],
            b: [{ name: "response_schema_conformance", status: "failure" }],
          },
        },
      },
    },
    { ScenarioFinished: { recorder: { cases: { d: request("POST", "/things") }, interactions: { d: answer(400) } } } },
    { EngineFinished: {} },
  ];
  const tally = await tallyReport([...lines.map((line) => JSON.stringify(line)), ""]);
  expect(Object.fromEntries(tally.operations)).toEqual({
    "POST /things": {
      requests: 3,
      statuses: new Map([
        [201, 1],
        [400, 2],
      ]),
    },
    "GET /things/{id}": { requests: 1, statuses: new Map() },
  });
  expect(tally.unanswered).toBe(1);
  expect(tally.created).toEqual(["/things/1"]);
  expect(Object.fromEntries(tally.failures)).toEqual({ "response_schema_conformance of POST /things": 1 });
});
