import type { Estimate } from "@/api/types";

/** What a number is, which decides how it is written. `points` are differences of shares, `share` is 0 to 1. */
export type Unit = "share" | "points" | "ratio" | "count" | "number" | "scientific" | "p";

type Digits = number;

/** Writes numbers of one language. Fraction digits are chosen for a whole column, so that its numbers line up. */
export interface Numbers {
  language: string;
  format(value: number | null | undefined, unit: Unit, digits?: Digits): string;
  /** `0.71 (0.69 to 0.73)`, the bare value without an interval, or "not enough data (n = 11)". */
  estimate(estimate: Estimate, unit: Unit, digits?: Digits): string;
  /** A tick of an axis: as `format`, but differences of shares without the word. */
  tick(value: number, unit: Unit, digits: Digits): string;
  /** A limit as it was set: no more digits than it has. */
  limit(value: number, unit: Unit): string;
  /** `0.69 to 0.73`, or a dash. */
  interval(estimate: Estimate, unit: Unit, digits?: Digits): string;
  count(value: number): string;
}

export interface NumberWords {
  to: (low: string, high: string) => string;
  notEnough: (n: string) => string;
  points: (value: string) => string;
}

const NONE = "–";

export function numbers(language: string, words: NumberWords): Numbers {
  const format = (value: number | null | undefined, unit: Unit, digits?: Digits): string => {
    if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
    return writers[unit](language, value, digits, words);
  };
  const interval = (e: Estimate, unit: Unit, digits = digitsOf([e], unit)) => {
    if (e.low === null || e.high === null) return NONE;
    return words.to(bare(e.low, unit, digits), bare(e.high, unit, digits));
  };
  // The word is in the axis title or follows the last number.
  const bare = (value: number, unit: Unit, digits: Digits) =>
    unit === "points" ? plain(language, value * 100, digits) : format(value, unit, digits);
  return {
    language,
    format,
    interval,
    tick: bare,
    limit: (value, unit) => {
      const size = unit === "share" || unit === "points" ? value * 100 : value;
      const digits = [0, 1, 2, 3].find((d) => Math.abs(size - Number(size.toFixed(d))) < 1e-9) ?? 4;
      return format(value, unit, digits);
    },
    count: (value) => format(value, "count"),
    estimate(e, unit, digits = digitsOf([e], unit)) {
      if (e.value === null) return words.notEnough(format(e.n, "count"));
      const value = format(e.value, unit, digits);
      return e.low === null || e.high === null ? value : `${value} (${interval(e, unit, digits)})`;
    },
  };
}

const writers: Record<
  Unit,
  (language: string, value: number, digits: Digits | undefined, words: NumberWords) => string
> = {
  share: (language, value, digits = shareDigits(value)) =>
    cached(language, {
      style: "percent",
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(noNegativeZero(value, digits + 2)),
  points: (language, value, digits = 1, words) => words.points(plain(language, value * 100, digits)),
  ratio: (language, value, digits = 2) => plain(language, value, digits),
  count: (language, value) => cached(language, { maximumFractionDigits: 0 }).format(value),
  number: (language, value, digits, words) =>
    digits === undefined && value !== 0 && Math.abs(value) < 1e-6
      ? writers.scientific(language, value, undefined, words)
      : plain(language, value, digits ?? digitsFor([value], "number")),
  scientific: (language, value) => {
    if (value === 0) return plain(language, 0, 0);
    const power = Math.floor(Math.log10(Math.abs(value)));
    if (power >= -3 && power < 5) return plain(language, value, Math.max(0, 2 - power));
    return `${plain(language, value / 10 ** power, 1)} × 10${superscript(power)}`;
  },
  p: (language, value) => (value < 0.001 ? `< ${plain(language, 0.001, 3)}` : plain(language, value, 3)),
};

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

function superscript(power: number): string {
  return String(power).replace(/[-\d]/g, (c) => (c === "-" ? "⁻" : (RAISED[Number(c)] ?? c)));
}

function plain(language: string, value: number, digits: Digits): string {
  return cached(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    noNegativeZero(value, digits),
  );
}

/** `-0.0001` at two digits is `0.00`, not `-0.00`. */
function noNegativeZero(value: number, digits: Digits): number {
  return Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value;
}

/** Fraction digits that suit every estimate of a column: enough to tell the narrowest interval's ends apart. */
export function digitsOf(estimates: Estimate[], unit: Unit): Digits {
  const values = estimates.flatMap((e) => (e.value === null ? [] : [e.value]));
  const halves = estimates.flatMap((e) => (e.low === null || e.high === null ? [] : [(e.high - e.low) / 2]));
  return digitsFor(values, unit, halves);
}

/** Fraction digits for a column of plain values, and of half-widths of intervals where there are some. */
export function digitsFor(values: (number | null)[], unit: Unit, halves: number[] = []): Digits {
  const known = values.flatMap((v) => (v === null || !Number.isFinite(v) ? [] : [Math.abs(v)]));
  const widths = halves.filter((h) => h > 0);
  switch (unit) {
    case "count":
      return 0;
    case "p":
      return 3;
    case "ratio":
      return 2;
    case "share":
    case "points": {
      const most = Math.max(...known, 0) * 100;
      const byWidth = widths.length > 0 ? -power(Math.min(...widths) * 100) : 0;
      return most > 0 && most < 1 ? 2 : clamp(byWidth, 1, 2);
    }
    case "scientific":
      return 1;
    case "number": {
      const most = Math.max(...known, 0);
      if (most === 0 || (widths.length === 0 && known.every(Number.isInteger))) return 0;
      // Three digits up to ten, as in the text report; four significant ones above; more where all is small.
      const bySize = most >= 10 ? clamp(3 - power(most), 0, 3) : 3;
      if (widths.length === 0) return most < 0.01 ? clamp(2 - power(most), 3, 8) : bySize;
      return clamp(-power(Math.min(...widths)), bySize, 6);
    }
  }
}

function shareDigits(value: number): Digits {
  const size = Math.abs(value);
  return size === 0 || size === 1 ? 0 : size < 0.01 ? 2 : 1;
}

const power = (v: number) => Math.floor(Math.log10(v));
const clamp = (v: number, low: number, high: number) => Math.min(high, Math.max(low, v));

const formats = new Map<string, Intl.NumberFormat>();

function cached(language: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language}${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    // Spanish leaves four-digit numbers ungrouped by default, which would break the line of a column.
    found = new Intl.NumberFormat(language, { useGrouping: "always", ...options });
    formats.set(key, found);
  }
  return found;
}
