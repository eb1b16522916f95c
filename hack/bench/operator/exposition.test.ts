import { expect, test } from "vitest";
import { sumOf } from "./exposition.ts";

const TEXT = `# HELP rest_client_requests_total Requests
# TYPE rest_client_requests_total counter
rest_client_requests_total{code="200",method="GET",host="127.0.0.1:1"} 12
rest_client_requests_total{code="201",method="POST",host="127.0.0.1:1"} 3
rest_client_requests_total{code="<error>",method="GET",host="a\\"}b"} 1e+02
rest_client_requests_total_other 7
process_open_fds 30
`;

test("series are summed up", () => {
  expect(sumOf(TEXT, "rest_client_requests_total")).toBe(115);
});

test("only those that are wanted", () => {
  expect(sumOf(TEXT, "rest_client_requests_total", ({ method }) => method !== "GET")).toBe(3);
  expect(sumOf(TEXT, "rest_client_requests_total", ({ host }) => host === 'a\\"}b')).toBe(100);
});

test("one without labels has its value", () => {
  expect(sumOf(TEXT, "process_open_fds")).toBe(30);
});

test("one that is not there is 0", () => {
  expect(sumOf(TEXT, "rest_client")).toBe(0);
});
