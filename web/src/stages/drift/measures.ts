import type { Estimate, Finding } from "@/api/types";

import { limitOf } from "../props";
import type { ColumnDrift } from "./report";

export type MeasureId = "psi" | "jensen_shannon" | "ks" | "wasserstein" | "cramer_v";

interface Measure {
  id: MeasureId;
  check: string;
  test: "chi_squared" | "ks_test";
}

export const MEASURES: Measure[] = [
  { id: "psi", check: "DRIFT-PSI", test: "chi_squared" },
  { id: "jensen_shannon", check: "DRIFT-JENSEN-SHANNON", test: "chi_squared" },
  { id: "ks", check: "DRIFT-KS", test: "ks_test" },
  { id: "wasserstein", check: "DRIFT-WASSERSTEIN", test: "ks_test" },
  { id: "cramer_v", check: "DRIFT-CRAMER-V", test: "chi_squared" },
];

/** The level that the engine adjusts for. */
const LEVEL = 0.05;

export const valueOf = (e: Estimate | null) => e?.value ?? -1;

/** Whether a column is at or past a limit of a measure with evidence: the rule of the engine's findings. */
export function isPast(column: ColumnDrift, measure: Measure, findings: Finding[]): boolean {
  const limit = limitOf(findings, measure.check);
  const least = limit?.watch ?? limit?.issue;
  const p = column[measure.test]?.p_adjusted;
  return least !== undefined && p !== undefined && p < LEVEL && valueOf(column[measure.id]) >= least;
}

export const drifts = (column: ColumnDrift, findings: Finding[]) =>
  MEASURES.some((measure) => isPast(column, measure, findings));

/** The distance that target and predictions are judged by. */
export const mainOf = (column: ColumnDrift): Estimate | null => column.ks ?? column.cramer_v;
export const mainTestOf = (column: ColumnDrift) => (column.ks ? column.ks_test : column.chi_squared);
