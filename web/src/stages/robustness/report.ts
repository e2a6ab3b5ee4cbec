import * as v from "valibot";
import { Estimate, Maybe } from "@/api/result";

const StressLevel = v.strictObject({ level: v.number(), value: v.number(), drop: Estimate });
export type StressLevel = v.InferOutput<typeof StressLevel>;

const Nonsense = v.strictObject({
  kind: v.string(),
  features: v.array(v.string()),
  rows: v.number(),
  refused: v.boolean(),
  value: Maybe,
  drop: Estimate,
  flip_rate: Maybe,
  silent: Estimate,
});
export type Nonsense = v.InferOutput<typeof Nonsense>;

const Scenario = v.strictObject({
  id: v.string(),
  points: v.array(v.strictObject({ share: v.number(), rows: v.number(), value: Maybe, drop: Estimate })),
  reason: v.nullable(v.string()),
  compared_share: v.number(),
  features: v.array(v.strictObject({ feature: v.string(), psi: Estimate, by_chance: v.number() })),
});
export type Scenario = v.InferOutput<typeof Scenario>;

const Numbers = v.strictObject({
  method: v.string(),
  queries: v.number(),
  axes: v.array(
    v.strictObject({
      feature: v.string(),
      sd: v.number(),
      low: v.number(),
      high: v.number(),
      whole: v.boolean(),
    }),
  ),
  found: v.number(),
  tenth: Maybe,
  median: Maybe,
  curve: v.array(v.strictObject({ radius: v.number(), changed: Estimate, certified: v.nullable(Estimate) })),
  certificate: v.nullable(
    v.strictObject({ most: v.number(), exact: v.number(), median: v.number(), tightness: Maybe }),
  ),
  certificate_reason: v.nullable(v.string()),
});
export type Numbers = v.InferOutput<typeof Numbers>;

const Adversarial = v.strictObject({
  rows: v.number(),
  sampled: v.boolean(),
  held: v.array(v.strictObject({ feature: v.string(), reason: v.string() })),
  numbers: v.nullable(Numbers),
  numbers_reason: v.nullable(v.string()),
  few: v.strictObject({
    queries: v.number(),
    turned: v.array(Estimate),
    alone: v.array(v.strictObject({ feature: v.string(), turned: Estimate })),
  }),
});
export type Adversarial = v.InferOutput<typeof Adversarial>;

const Cost = v.strictObject({ part: v.string(), predicted_rows: v.number(), row_operations: v.number() });

/** What the first version of the stage did not measure is absent from its stored results. */
export const RobustnessReport = v.strictObject({
  rows: v.number(),
  sampled: v.boolean(),
  metric: v.string(),
  baseline: v.number(),
  noise: v.array(StressLevel),
  missing: v.array(StressLevel),
  missing_refused: v.boolean(),
  missing_refused_by: v.optional(v.string()),
  masked: v.array(
    v.strictObject({ feature: v.string(), fill: v.string(), drop: Estimate, flip_rate: Maybe }),
  ),
  metric_drop: Estimate,
  missing_feature_impact: Estimate,
  nonsense: v.optional(v.array(Nonsense), []),
  swaps_left_out: v.optional(v.number(), 0),
  silent_acceptance: v.optional(v.nullable(Estimate), null),
  resilience: v.optional(v.array(Scenario), []),
  outer_drop: v.optional(v.nullable(Estimate), null),
  adversarial: v.optional(v.nullable(Adversarial), null),
  adversarial_reason: v.optional(v.nullable(v.string()), null),
  adversarial_robustness: v.optional(v.nullable(Estimate), null),
  certified_share: v.optional(v.nullable(Estimate), null),
  costs: v.optional(v.array(Cost), []),
});
export type RobustnessReport = v.InferOutput<typeof RobustnessReport>;
