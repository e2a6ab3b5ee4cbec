import * as v from "valibot";
import { Estimate, Maybe } from "@/api/result";

export const Ale = v.strictObject({
  rows: v.number(),
  points: v.array(v.strictObject({ at: v.number(), effect: v.number(), low: v.number(), high: v.number() })),
  counts: v.array(v.number()),
});
export type Ale = v.InferOutput<typeof Ale>;

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
  ice: v.optional(v.array(v.array(v.number())), []),
  ale: v.optional(Ale),
});
export type FeatureImportance = v.InferOutput<typeof FeatureImportance>;

const Outcome = v.strictObject({ label: v.optional(v.string()), score: v.number() });

export const Answer = v.strictObject({
  start: Outcome,
  found: v.array(
    v.strictObject({
      changes: v.array(v.strictObject({ feature: v.string(), from: v.nullable(v.string()), to: v.string() })),
      distance: v.number(),
      outcome: Outcome,
    }),
  ),
  queries: v.number(),
  complete: v.boolean(),
  reason: v.optional(v.string()),
});
export type Answer = v.InferOutput<typeof Answer>;

export const RowExplanation = v.strictObject({
  kind: v.string(),
  row: v.number(),
  class: v.optional(v.string()),
  prediction: v.number(),
  base: v.number(),
  truth: v.string(),
  contributions: v.array(v.tuple([v.string(), v.string(), v.number()])),
  rest: v.number(),
  stands_for: v.optional(v.number()),
  reasons: v.optional(
    v.array(v.strictObject({ feature: v.string(), value: v.string(), contribution: v.number() })),
    [],
  ),
  counterfactuals: v.optional(Answer),
});
export type RowExplanation = v.InferOutput<typeof RowExplanation>;

export const Interactions = v.strictObject({
  shap_rows: v.number(),
  shap_missing: v.optional(v.string()),
  pair_share: Maybe,
  h_rows: v.number(),
  pairs: v.array(
    v.strictObject({
      features: v.tuple([v.string(), v.string()]),
      shap: v.optional(Estimate),
      share: v.optional(v.number()),
      class: v.optional(v.string()),
      h: Maybe,
      h_sd: v.number(),
    }),
  ),
});
export type Interactions = v.InferOutput<typeof Interactions>;

export const Proxy = v.strictObject({
  feature: v.string(),
  place: v.number(),
  attribute: v.string(),
  kind: v.string(),
  association: Estimate,
});
export type Proxy = v.InferOutput<typeof Proxy>;

export const ReasonCodes = v.strictObject({
  rows: v.number(),
  features: v.array(v.strictObject({ feature: v.string(), first: Estimate, listed: Estimate })),
});
export type ReasonCodes = v.InferOutput<typeof ReasonCodes>;

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
    seed_stability: v.optional(Maybe, null),
    agreement: v.optional(v.strictObject({ tau: v.number(), rows: v.number(), background_rows: v.number() })),
  }),
  interactions: v.optional(Interactions),
  proxies: v.optional(v.array(Proxy), []),
  reasons: v.optional(ReasonCodes),
  immutable: v.optional(v.array(v.string()), []),
});
export type ExplainReport = v.InferOutput<typeof ExplainReport>;
