import * as v from "valibot";

import { Estimate, Finding, Maybe, Outcome, Scope, Task } from "./result";

/*
 * Two audits side by side, as the engine writes it (crates/audit: compare/report.rs). Strict, as in result.ts: a test
 * parses what the engine wrote, the product takes only the types.
 */

export const Change = v.picklist(["better", "worse", "unclear"]);

const Party = v.strictObject({ model: v.string(), sha256: v.string(), verdict: Outcome });

export const MetricChange = v.strictObject({
  id: v.string(),
  old: Maybe,
  new: Maybe,
  /** New minus old. */
  difference: Estimate,
  p_value: Maybe,
  higher_is_better: v.boolean(),
  change: Change,
});

/** Rows by which of the two gets them right, with McNemar's test. */
export const Hits = v.strictObject({
  both: v.number(),
  only_old: v.number(),
  only_new: v.number(),
  neither: v.number(),
  p_value: v.number(),
  exact: v.boolean(),
});

export const GroupChurn = v.strictObject({
  column: v.string(),
  group: v.string(),
  n: v.number(),
  churn: Estimate,
  p_value: Maybe,
});

export const ImportanceChange = v.strictObject({
  feature: v.string(),
  old: Estimate,
  new: Estimate,
  old_rank: Maybe,
  new_rank: Maybe,
});

export const ChangeKind = v.picklist(["opened", "worse", "better", "closed", "other"]);

export const FindingChange = v.strictObject({
  kind: ChangeKind,
  check: v.string(),
  scope: Scope,
  old: v.nullable(Finding),
  new: v.nullable(Finding),
});

export const Comparison = v.strictObject({
  schema: v.string(),
  engine_version: v.string(),
  data: v.strictObject({ name: v.string(), format: v.string(), bytes: v.number(), sha256: v.string() }),
  rows: v.number(),
  task: Task,
  classes: v.array(v.string()),
  old: Party,
  new: Party,
  metrics: v.array(MetricChange),
  hits: v.nullable(Hits),
  churn: v.strictObject({
    overall: Estimate,
    mended: v.number(),
    broken: v.number(),
    other: v.number(),
    groups: v.array(GroupChurn),
  }),
  importances: v.array(ImportanceChange),
  importance_agreement: Maybe,
  findings: v.array(FindingChange),
  same_findings: v.number(),
});

export type Change = v.InferOutput<typeof Change>;
export type ChangeKind = v.InferOutput<typeof ChangeKind>;
export type MetricChange = v.InferOutput<typeof MetricChange>;
export type Hits = v.InferOutput<typeof Hits>;
export type ImportanceChange = v.InferOutput<typeof ImportanceChange>;
export type FindingChange = v.InferOutput<typeof FindingChange>;
export type Comparison = v.InferOutput<typeof Comparison>;
