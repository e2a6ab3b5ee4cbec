import * as v from "valibot";
import { Estimate, Maybe } from "@/api/result";

export const GroupFairness = v.strictObject({
  group: v.string(),
  n: v.number(),
  share: v.number(),
  small: v.boolean(),
  counts: v.tuple([v.number(), v.number(), v.number(), v.number()]),
  selection_rate: Estimate,
  base_rate: Estimate,
  tpr: Estimate,
  fpr: Estimate,
  ppv: Estimate,
  npv: Estimate,
  false_omission_rate: Estimate,
  accuracy: Estimate,
  roc_auc: Estimate,
  treatment_ratio: Estimate,
  calibration_gap: Estimate,
  calibration_slope: Estimate,
  calibration_intercept: Estimate,
  miscalibration: Maybe,
});
export type GroupFairness = v.InferOutput<typeof GroupFairness>;

export const Gap = v.strictObject({
  id: v.string(),
  estimate: Estimate,
  p_raw: Maybe,
  p_adjusted: Maybe,
  extremes: v.nullable(v.tuple([v.string(), v.string()])),
  power_at_10: Maybe,
  detectable: Maybe,
});
export type Gap = v.InferOutput<typeof Gap>;

export const AttributeFairness = v.strictObject({
  attribute: v.string(),
  edges: v.array(v.number()),
  unknown: v.number(),
  reference: v.string(),
  groups: v.array(GroupFairness),
  gaps: v.array(Gap),
  comparisons: v.array(
    v.strictObject({
      group: v.string(),
      selection_difference: Estimate,
      selection_ratio: Estimate,
      tpr_difference: Estimate,
      fpr_difference: Estimate,
      p_adjusted: Maybe,
      impact_ratio: Maybe,
      score_ks: Maybe,
      cross_auc: Estimate,
      cross_auc_reference: Estimate,
    }),
  ),
  ratio_one_more: Maybe,
  inequality: v.strictObject({ theil: v.number(), between: v.number(), within: v.number() }),
  differential_epsilon: Maybe,
  flip_rate: v.nullable(Estimate),
});
export type AttributeFairness = v.InferOutput<typeof AttributeFairness>;

export const FairnessReport = v.strictObject({
  positive: v.string(),
  attributes: v.array(AttributeFairness),
});
export type FairnessReport = v.InferOutput<typeof FairnessReport>;
