import * as v from "valibot";

import { Estimate, Maybe } from "./result";

/*
 * Answers about single rows and cohorts, as the engine writes them (crates/audit: row/report.rs, cohort/report.rs).
 * Strict, as in result.ts: a test parses what the engine wrote, the product takes only the types.
 */

export const CellValue = v.nullable(v.union([v.boolean(), v.number(), v.string()]));

export const Cell = v.strictObject({
  column: v.string(),
  kind: v.picklist(["bool", "int", "float", "time", "text"]),
  value: CellValue,
  /** The model reads the column. */
  input: v.boolean(),
  low: Maybe,
  high: Maybe,
  /** The most frequent texts. */
  choices: v.array(v.string()),
  distinct: v.number(),
});

export const Answer = v.strictObject({
  label: v.nullable(v.string()),
  kind: v.picklist(["probability", "decision", "label", "value"]),
  scores: v.array(v.strictObject({ class: v.nullable(v.string()), value: v.number() })),
});

export const Explanation = v.strictObject({
  method: v.string(),
  scale: v.string(),
  fallback: v.nullable(v.string()),
  class: v.nullable(v.string()),
  base: v.number(),
  output: v.number(),
  contributions: v.array(
    v.strictObject({ feature: v.string(), value: v.nullable(v.string()), shap: v.number() }),
  ),
  sampling_error: Maybe,
});

export const Curve = v.strictObject({
  feature: v.string(),
  at: v.nullable(v.string()),
  points: v.array(v.strictObject({ value: v.string(), x: Maybe, score: v.number() })),
});

export const Effect = v.strictObject({
  feature: v.string(),
  class: v.nullable(v.string()),
  /** This row; the others and the mean stand at its values. */
  row: Curve,
  others: v.array(v.array(v.number())),
  mean: v.array(v.number()),
  rows: v.number(),
  ale: v.nullable(
    v.strictObject({
      rows: v.number(),
      points: v.array(
        v.strictObject({ at: v.number(), effect: v.number(), low: v.number(), high: v.number() }),
      ),
      counts: v.array(v.number()),
    }),
  ),
});

export const RowReport = v.strictObject({
  row: v.number(),
  rows: v.number(),
  truth: v.string(),
  answer: Answer,
  explanation: Explanation,
  cells: v.array(Cell),
  effect: v.optional(Effect),
});

const Outcome = v.strictObject({ answer: Answer, explanation: Explanation });

export const WhatIf = v.strictObject({
  row: v.number(),
  changes: v.array(
    v.strictObject({ column: v.string(), old: v.nullable(v.string()), new: v.nullable(v.string()) }),
  ),
  old: Outcome,
  new: Outcome,
  curve: v.nullable(Curve),
});

const Wanted = v.strictObject({ class: v.nullable(v.string()), at_least: Maybe, at_most: Maybe });

export const Move = v.strictObject({
  column: v.string(),
  old: v.nullable(v.string()),
  new: v.string(),
  /** Audited rows with the new value. */
  rows: v.number(),
  distance: v.number(),
  old_rank: Maybe,
  new_rank: Maybe,
});

export const Counterfactual = v.strictObject({
  changes: v.array(Move),
  answer: Answer,
  distance: v.number(),
  nearest: v.nullable(
    v.strictObject({ row: v.number(), distance: v.number(), lonelier: v.number(), rows: v.number() }),
  ),
});

export const Counterfactuals = v.strictObject({
  row: v.number(),
  changes: v.array(
    v.strictObject({ column: v.string(), old: v.nullable(v.string()), new: v.nullable(v.string()) }),
  ),
  start: Answer,
  wanted: Wanted,
  found: v.array(Counterfactual),
  closest: v.nullable(Counterfactual),
  reason: v.nullable(v.string()),
  free: v.array(v.strictObject({ column: v.string(), only: v.nullable(v.picklist(["rise", "fall"])) })),
  stayed: v.array(v.strictObject({ column: v.string(), reason: v.string() })),
  tried: v.strictObject({
    queries: v.number(),
    singles: v.number(),
    exhaustive: v.boolean(),
    changes: v.number(),
    max_distance: Maybe,
    complete: v.boolean(),
  }),
});

const Part = v.strictObject({
  n: v.number(),
  metrics: v.array(v.strictObject({ id: v.string(), estimate: Estimate, higher_is_better: v.boolean() })),
  reason: v.nullable(v.string()),
});

export const Cohort = v.strictObject({
  filter: v.string(),
  rows: v.number(),
  share: v.number(),
  inside: Part,
  outside: Part,
});

export type CellValue = v.InferOutput<typeof CellValue>;
export type Cell = v.InferOutput<typeof Cell>;
export type Answer = v.InferOutput<typeof Answer>;
export type Explanation = v.InferOutput<typeof Explanation>;
export type RowReport = v.InferOutput<typeof RowReport>;
export type Curve = v.InferOutput<typeof Curve>;
export type WhatIf = v.InferOutput<typeof WhatIf>;
export type Effect = v.InferOutput<typeof Effect>;
export type Move = v.InferOutput<typeof Move>;
export type Counterfactual = v.InferOutput<typeof Counterfactual>;
export type Counterfactuals = v.InferOutput<typeof Counterfactuals>;
export type Cohort = v.InferOutput<typeof Cohort>;

/** New cells by column; null empties one. */
export type Changes = Record<string, CellValue>;

/** What is searched for; fields left out are the server's defaults. */
export interface ChangeAsk {
  wanted?: { class: string } | { at_least?: number; at_most?: number };
  also_change?: string[];
  must_stay?: string[];
  only_rise?: string[];
  only_fall?: string[];
  count?: number;
  max_changes?: number;
  max_distance?: number;
}
