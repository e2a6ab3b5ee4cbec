import * as v from "valibot";
import { Estimate, Histogram, Maybe } from "@/api/result";

const Pair = v.tuple([v.number(), v.number()]);

export const Curves = v.strictObject({
  class: v.string(),
  roc: v.array(Pair),
  precision_recall: v.array(Pair),
  gain: v.array(Pair),
  lift: v.array(Pair),
  ks_curve: v.array(Pair),
  ks: v.nullable(Pair),
});
export type Curves = v.InferOutput<typeof Curves>;

export const ThresholdRow = v.strictObject({
  threshold: v.number(),
  volume: v.number(),
  precision: Maybe,
  recall: Maybe,
  f1: Maybe,
  specificity: Maybe,
  cost: v.number(),
});
export type ThresholdRow = v.InferOutput<typeof ThresholdRow>;

export const PerformanceReport = v.strictObject({
  n: v.number(),
  weighted: v.boolean(),
  metrics: v.array(v.strictObject({ id: v.string(), estimate: Estimate, higher_is_better: v.boolean() })),
  per_class: v.array(
    v.strictObject({
      class: v.string(),
      support: v.number(),
      precision: Estimate,
      recall: Estimate,
      f1: Estimate,
      specificity: Estimate,
      roc_auc: Estimate,
      average_precision: Estimate,
    }),
  ),
  averages: v.array(
    v.strictObject({ id: v.string(), precision: v.number(), recall: v.number(), f1: v.number() }),
  ),
  top_k: v.array(Pair),
  confusion: v.array(v.array(v.number())),
  curves: v.array(Curves),
  thresholds: v.array(ThresholdRow),
  residuals: v.nullable(
    v.strictObject({
      histogram: Histogram,
      by_prediction: v.array(v.tuple([v.number(), v.number(), v.number(), v.number()])),
      skewness: v.number(),
      kurtosis: v.number(),
      normality_p: v.number(),
      heteroscedasticity_p: v.number(),
    }),
  ),
  baselines: v.array(
    v.strictObject({
      id: v.string(),
      metric: v.string(),
      fitted_rows: v.optional(v.number()),
      value: v.number(),
      advantage: Estimate,
      gain: Maybe,
      gain_interval: Estimate,
    }),
  ),
  degradation: v.nullable(
    v.strictObject({
      metric: v.string(),
      reference: v.number(),
      audited: v.number(),
      relative_loss: Estimate,
    }),
  ),
});
export type PerformanceReport = v.InferOutput<typeof PerformanceReport>;
