import { expect, test } from "vitest";
import { format, heading, show, showRatio } from "./cells.ts";

test("thousands stand apart", () => {
  expect([format(12345.67, 1), format(0.5, 0), format(7, 2)]).toEqual(["12,345.7", "1", "7.00"]);
});

test("a spread is shown unless it is nothing at this precision", () => {
  expect(show({ median: 2, least: 1, most: 3 }, { digits: 1 })).toBe("2.0 (1.0–3.0)");
  expect(show({ median: 2, least: 1.99, most: 2.01 }, { digits: 1 })).toBe("2.0");
  expect(show(undefined, { digits: 1 })).toBe("–");
});

test("a ratio is marked where every round found the first side better", () => {
  const above = { median: 1.5, least: 1.2, most: 2 };
  expect(showRatio(above, { better: "higher" })).toBe("1.50 (1.20–2.00) ✓");
  expect(showRatio(above, { better: "lower" })).toBe("1.50 (1.20–2.00)");
  expect(showRatio({ median: 1.1, least: 0.9, most: 1.2 }, { better: "higher" })).toBe("1.10 (0.90–1.20)");
  expect(showRatio(undefined, { better: "higher" })).toBe("–");
});

test("a figure without a unit is its title", () => {
  expect([heading({ title: "reconciles", unit: "/s" }), heading({ title: "cores", unit: "" })]).toEqual([
    "reconciles, /s",
    "cores",
  ]);
});
