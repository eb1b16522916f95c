import { expect, test, vi } from "vitest";
import { withholdBookmarks } from "./event-stage.ts";
import { answer, changeEvents, slow } from "./fault.ts";
import { RuleBook } from "./rule-book.ts";
import { parseHead, type SeenRequest, WATCHES, WRITES } from "./seen-request.ts";

function request(method: string, url: string): SeenRequest {
  return { ...parseHead({ method, url, userAgent: "test" }), id: 1, body: "", write: undefined, at: 0 };
}

const PATCH = request("PATCH", "/api/v1/namespaces/a/configmaps/b");
const WATCH = request("GET", "/api/v1/configmaps?watch=true");
const kinds = (rules: RuleBook, one: SeenRequest) => rules.faultsFor(one).map(({ kind }) => kind);

test("says what is to happen to a request, in the order of the rules", () => {
  const rules = new RuleBook();
  const slowness = rules.add({ fault: slow({ requestMs: 5 }) });
  const refusal = rules.add({ match: WRITES, fault: answer(503) });
  expect(kinds(rules, PATCH)).toEqual(["delay", "answer"]);
  expect(kinds(rules, WATCH)).toEqual(["delay"]);
  slowness.remove();
  expect(kinds(rules, PATCH)).toEqual(["answer"]);
  expect([slowness.applied, refusal.applied]).toEqual([2, 2]);
  rules.clear();
  expect(kinds(rules, PATCH)).toEqual([]);
});

test("a rule acts as often as it was told", () => {
  const rules = new RuleBook();
  const rule = rules.add({ times: 2, fault: answer(429, { retryAfterSeconds: 1 }) });
  expect([1, 2, 3].map(() => kinds(rules, PATCH).length)).toEqual([1, 1, 0]);
  expect(rule.applied).toBe(2);
});

test("rules of events stand apart, and watches hear of every change", () => {
  const rules = new RuleBook();
  const changed = vi.fn();
  const stop = rules.onChange(changed);
  const rule = rules.add({ match: WATCHES, fault: changeEvents(withholdBookmarks) });
  expect(kinds(rules, WATCH)).toEqual([]);
  expect(rules.eventRulesFor(WATCH)).toEqual([rule]);
  expect(rules.eventRulesFor(PATCH)).toEqual([]);
  rule.remove();
  expect(changed).toHaveBeenCalledTimes(2);
  stop();
  rules.add({ fault: answer(500) });
  expect(changed).toHaveBeenCalledTimes(2);
});
