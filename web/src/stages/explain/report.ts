import * as v from "valibot";
import { Estimate, Maybe } from "@/api/result";

export const FeatureImportance = v.strictObject({
  feature: v.string(),
  class: v.optional(v.string()),
  mean_abs_shap: Estimate,
  shap_share: Estimate,
  in_model: v.nullable(v.boolean()),
  mean_shap: v.number(),
  direction: Maybe,
  permutation: Estimate,
  protected: v.boolean(),
  points: v.array(v.tuple([Maybe, Maybe])),
  dependence: v.array(v.tuple([v.string(), v.number()])),
});
export type FeatureImportance = v.InferOutput<typeof FeatureImportance>;

export const RowExplanation = v.strictObject({
  kind: v.string(),
  row: v.number(),
  class: v.optional(v.string()),
  prediction: v.number(),
  base: v.number(),
  truth: v.string(),
  contributions: v.array(v.tuple([v.string(), v.string(), v.number()])),
  rest: v.number(),
});
export type RowExplanation = v.InferOutput<typeof RowExplanation>;

export const ExplainReport = v.strictObject({
  method: v.strictObject({
    id: v.string(),
    scale: v.string(),
    class: v.nullable(v.string()),
    rows: v.number(),
    sampled: v.boolean(),
    background_rows: v.number(),
    base: v.array(v.number()),
    fallback: v.optional(v.string()),
    permutation_metric: v.string(),
    permutation_rows: v.number(),
    permutation_repeats: v.number(),
    dependence_rows: v.number(),
  }),
  features: v.array(FeatureImportance),
  rank_stability: Maybe,
  rows: v.array(RowExplanation),
  trust: v.strictObject({
    additivity_error: v.number(),
    sampling_error: Maybe,
    correlated: v.array(v.tuple([v.string(), v.string()])),
    correlated_rows: v.number(),
  }),
});
export type ExplainReport = v.InferOutput<typeof ExplainReport>;
