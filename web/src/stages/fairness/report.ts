import * as v from "valibot";
import { Estimate, Maybe } from "@/api/result";

import { MaybeSampling } from "../sampling";

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
  of: v.array(v.string()),
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
  proxy_flip_rate: v.nullable(Estimate),
});
export type AttributeFairness = v.InferOutput<typeof AttributeFairness>;

export const LabelFairness = v.strictObject({
  attribute: v.string(),
  of: v.array(v.string()),
  edges: v.array(v.number()),
  unknown: v.number(),
  reference: v.string(),
  labels: v.array(v.string()),
  groups: v.array(
    v.strictObject({
      group: v.string(),
      n: v.number(),
      share: v.number(),
      small: v.boolean(),
      predicted: v.array(v.number()),
      predicted_shares: v.optional(v.array(v.number())),
      truth: v.array(v.number()),
      accuracy: Estimate,
    }),
  ),
  gaps: v.array(Gap),
  given: v.array(v.strictObject({ class: v.string(), gap: Gap })),
  classes: v.array(
    v.strictObject({
      class: v.string(),
      groups: v.array(
        v.strictObject({ group: v.string(), selection_rate: Estimate, tpr: Estimate, fpr: Estimate }),
      ),
      gaps: v.array(Gap),
    }),
  ),
  flip_rate: v.nullable(Estimate),
  proxy_flip_rate: v.nullable(Estimate),
});
export type LabelFairness = v.InferOutput<typeof LabelFairness>;

export const ValueFairness = v.strictObject({
  attribute: v.string(),
  of: v.array(v.string()),
  edges: v.array(v.number()),
  unknown: v.number(),
  reference: v.string(),
  mae: v.number(),
  prediction_sd: v.number(),
  groups: v.array(
    v.strictObject({
      group: v.string(),
      n: v.number(),
      share: v.number(),
      small: v.boolean(),
      prediction: Estimate,
      truth: Estimate,
      residual: Estimate,
      mae: Estimate,
      rmse: Estimate,
      quantiles: v.array(v.number()),
    }),
  ),
  gaps: v.array(Gap),
  flip_shift: v.nullable(Estimate),
  proxy_flip_shift: v.nullable(Estimate),
});
export type ValueFairness = v.InferOutput<typeof ValueFairness>;

export const Proxies = v.strictObject({
  attribute: v.string(),
  is_feature: v.boolean(),
  rows: v.number(),
  fitted_rows: v.number(),
  folds: v.number(),
  reason: v.nullable(v.string()),
  separation: Estimate,
  group: v.nullable(v.string()),
  groups: v.array(v.strictObject({ group: v.string(), auc: Estimate, separation: Estimate })),
  features: v.array(
    v.strictObject({
      feature: v.string(),
      power: v.nullable(Estimate),
      association: Maybe,
      measure: v.picklist(["cramer-v", "correlation-ratio"]),
      share: v.nullable(Estimate),
      declared: v.boolean(),
    }),
  ),
});
export type Proxies = v.InferOutput<typeof Proxies>;

export const Consistency = v.strictObject({
  neighbours: v.number(),
  value: Estimate,
  rows: v.number(),
  looked_up: v.number(),
  sampling_error: v.number(),
  features: v.array(v.string()),
  left_out: v.array(v.string()),
  groups: v.array(v.strictObject({ attribute: v.string(), group: v.string(), value: Estimate })),
});
export type Consistency = v.InferOutput<typeof Consistency>;

export const Conditional = v.strictObject({
  attribute: v.string(),
  columns: v.array(v.string()),
  group: v.string(),
  reference: v.string(),
  strata: v.number(),
  informative: v.number(),
  unknown: v.number(),
  crude: Estimate,
  common: Estimate,
  p_raw: Maybe,
  p_adjusted: Maybe,
  homogeneity: v.nullable(v.strictObject({ statistic: v.number(), degrees: v.number(), p: v.number() })),
  tables: v.array(v.strictObject({ name: v.string(), n: v.number(), rates: v.tuple([Estimate, Estimate]) })),
});
export type Conditional = v.InferOutput<typeof Conditional>;

export const Cut = v.variant("kind", [
  v.strictObject({ kind: v.literal("nobody") }),
  v.strictObject({ kind: v.literal("everybody") }),
  v.strictObject({ kind: v.literal("above"), score: v.number() }),
]);
export type Cut = v.InferOutput<typeof Cut>;

const Both = v.tuple([Maybe, Maybe]);

export const Method = v.strictObject({
  id: v.string(),
  gap: v.string(),
  before: Maybe,
  after: Maybe,
  accuracy_before: v.number(),
  accuracy_change: Estimate,
  rules: v.array(
    v.strictObject({
      group: v.string(),
      cuts: v.tuple([Cut, Cut]),
      mix: v.number(),
      ignored: v.number(),
      constant: v.number(),
    }),
  ),
  weights: v.array(
    v.strictObject({ group: v.string(), favourable: v.boolean(), n: v.number(), weight: Maybe }),
  ),
  groups: v.array(
    v.strictObject({ group: v.string(), n: v.number(), selection_rate: Both, tpr: Both, fpr: Both }),
  ),
});
export type Method = v.InferOutput<typeof Method>;

export const Mitigation = v.strictObject({
  attribute: v.string(),
  reason: v.nullable(v.string()),
  note: v.string(),
  fitted_rows: v.number(),
  test_rows: v.number(),
  unchanged: v.array(v.string()),
  methods: v.array(Method),
});
export type Mitigation = v.InferOutput<typeof Mitigation>;

export const FairnessReport = v.strictObject({
  sampling: MaybeSampling,
  positive: v.string(),
  attributes: v.array(AttributeFairness),
  labels: v.array(LabelFairness),
  values: v.array(ValueFairness),
  left_out: v.array(v.strictObject({ attribute: v.string(), groups: v.number(), most: v.number() })),
  proxies: v.array(Proxies),
  consistency: v.nullable(Consistency),
  conditional: v.array(Conditional),
  mitigation: v.array(Mitigation),
});
export type FairnessReport = v.InferOutput<typeof FairnessReport>;

/** A report of an earlier version has fewer parts: the others are empty. */
export function whole(report: FairnessReport): FairnessReport {
  const stored: Partial<FairnessReport> = report;
  const attribute = (a: AttributeFairness): AttributeFairness => {
    const { of = [], proxy_flip_rate = null }: Partial<AttributeFairness> = a;
    return { ...a, of, proxy_flip_rate };
  };
  return {
    ...report,
    attributes: report.attributes.map(attribute),
    labels: stored.labels ?? [],
    values: stored.values ?? [],
    left_out: stored.left_out ?? [],
    proxies: stored.proxies ?? [],
    consistency: stored.consistency ?? null,
    conditional: stored.conditional ?? [],
    mitigation: stored.mitigation ?? [],
  };
}
