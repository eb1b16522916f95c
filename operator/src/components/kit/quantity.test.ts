import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatCpu, formatMebibytes, parseQuantity } from "./quantity.ts";

describe("parseQuantity", () => {
  test.each([
    ["500m", 0.5],
    ["2", 2],
    ["0.1", 0.1],
    ["1e3", 1000],
    ["12E2", 1200],
    ["1E", 1e18],
    ["512Mi", 536_870_912],
    ["1.5Gi", 1_610_612_736],
    ["10G", 1e10],
    ["128974848", 128_974_848],
  ])("%s", (text, amount) => {
    expect(parseQuantity(text)).toBeCloseTo(amount, 9);
  });

  test.each(["", "Mi", "1 Gi", "ten", "1KiB", "1mi", "0x10"])("refuses %j with a cure", (text) => {
    expect(() => parseQuantity(text)).toThrow(
      `"${text}" is not an amount in Kubernetes notation: write it like 500m, 512Mi or 10Gi`,
    );
  });
});

test("formats never lose an amount", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 1_000 }), (milli, parts) => {
      const sum = Array.from({ length: parts }, () => milli / parts / 1000).reduce((a, b) => a + b, 0);
      expect(formatCpu(sum)).toBe(`${milli}m`);
      expect(formatMebibytes(parseQuantity(`${milli}Mi`))).toBe(`${milli}Mi`);
      expect(formatMebibytes(parseQuantity(`${milli}Mi`) + 1)).toBe(`${milli + 1}Mi`);
    }),
  );
});
