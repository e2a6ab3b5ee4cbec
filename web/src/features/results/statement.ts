import { useCallback } from "react";

import type { Estimate, Statement } from "@/api/result";
import type { Numbers, Unit } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { type Catalogue, useCatalogue } from "@/i18n/useCatalogue";

import { measuredWords, unitOf } from "./finding-words";

/** Units of the numbers in the diagnosis, by the name of the placeholder. */
const UNITS: Record<string, Unit> = {
  accuracy: "share",
  baseline: "share",
  flips: "share",
  lowest: "share",
  highest: "share",
  share: "share",
  rows: "count",
  n: "count",
  issues: "count",
  watches: "count",
  inconclusive: "count",
  checks: "count",
};
const JUDGED = new Set(["measured", "value", "low", "high", "limit"]);

function isEstimate(value: unknown): value is Estimate {
  return typeof value === "object" && value !== null && "value" in value && "n" in value && "method" in value;
}

/** Values of a statement written for people: numbers by unit, ids by their words. */
export function statementArgs(
  { key, args }: Statement,
  numbers: Numbers,
  catalogue: Catalogue,
): Record<string, string> {
  const check = /^(?:checks|recommendations)\.([\w-]+)/.exec(key)?.[1];
  const unit = (name: string): Unit =>
    check && JUDGED.has(name) ? unitOf(check) : (UNITS[name] ?? "number");
  const write = (name: string, value: unknown): string => {
    if (isEstimate(value)) return measuredWords(value, unit(name), numbers, catalogue);
    // The sentence itself says "points".
    if (name === "ece" && typeof value === "number") return numbers.tick(value, "points", 1);
    if (typeof value === "number") return numbers.format(value, unit(name));
    if (Array.isArray(value)) return value.map((v) => write(name, v)).join(", ");
    if (name === "stages" || name === "stage")
      return catalogue.say(`stages.${String(value)}.title`, {}, String(value));
    if (name === "metric") return catalogue.say(`metrics.${String(value)}`, {}, String(value));
    return String(value ?? "–");
  };
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, write(name, value)]));
}

/** A sentence of the diagnosis in words. */
export function useStatementWords(): (statement: Statement) => string {
  const numbers = useNumbers();
  const catalogue = useCatalogue();
  return useCallback(
    (statement) => catalogue.say(statement.key, statementArgs(statement, numbers, catalogue)),
    [catalogue, numbers],
  );
}
