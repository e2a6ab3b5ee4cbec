import { describe, expect, it } from "vitest";

import type { Estimate } from "@/api/types";

import { digitsFor, digitsOf, numbers } from "./numbers";

const words = {
  to: (low: string, high: string) => `${low} to ${high}`,
  notEnough: (n: string) => `not enough data (n = ${n})`,
  points: (value: string) => `${value} points`,
};
const en = numbers("en", words);
const es = numbers("es", words);
const between = (value: number, low: number, high: number): Estimate => ({
  value,
  low,
  high,
  n: 900,
  method: "bca",
});

describe("numbers in words", () => {
  it("writes an estimate with its interval, in the digits of the interval", () => {
    expect(en.estimate(between(0.36, 0.331, 0.392), "ratio")).toBe("0.36 (0.33 to 0.39)");
    expect(en.estimate(between(0.8571, 0.846, 0.868), "share")).toBe("85.7% (84.6% to 86.8%)");
    expect(en.estimate(between(0.186, 0.146, 0.236), "points")).toBe("18.6 points (14.6 to 23.6)");
  });

  it("says that there is not enough data instead of a number", () => {
    const none: Estimate = { value: null, low: null, high: null, n: 11, method: "none" };
    expect(en.estimate(none, "share")).toBe("not enough data (n = 11)");
    expect(en.interval(none, "share")).toBe("–");
  });

  it("uses the marks of the language", () => {
    expect(es.format(234.5, "number")).toBe("234,5");
    expect(es.count(1234)).toBe("1.234");
    expect(es.format(0.0231, "share")).toBe("2,3\u00a0%");
    expect(en.count(16281)).toBe("16,281");
  });

  it("gives a column one number of digits", () => {
    const column = [between(0.8571, 0.846, 0.868), between(0.0123, 0.0101, 0.0145)];
    const digits = digitsOf(column, "number");
    expect(column.map((e) => en.format(e.value, "number", digits))).toEqual(["0.857", "0.012"]);
    expect(digitsFor([276.774, 11.5], "number")).toBe(1);
    expect(digitsFor([14, 2, 300], "number")).toBe(0);
  });

  it("keeps the digits a limit was set with", () => {
    expect(en.limit(0.1, "points")).toBe("10 points");
    expect(en.limit(0.05, "share")).toBe("5%");
    expect(en.limit(0.8, "ratio")).toBe("0.8");
    expect(en.limit(1e-6, "scientific")).toBe("1.0 × 10⁻⁶");
  });

  it("never writes minus zero, NaN or infinity", () => {
    expect(en.format(-0.0001, "ratio")).toBe("0.00");
    expect(en.format(Number.NaN, "number")).toBe("–");
    expect(en.format(Number.POSITIVE_INFINITY, "share")).toBe("–");
    expect(en.format(0.0002, "p")).toBe("< 0.001");
    expect(en.format(3.2e-12, "scientific")).toBe("3.2 × 10⁻¹²");
  });
});
