import * as v from "valibot";
import { Estimate, Maybe } from "@/api/result";

export const FeatureSensitivity = v.strictObject({
  feature: v.string(),
  flip_rate: v.nullable(Estimate),
  mean_shift: Estimate,
  p99_shift: v.number(),
  monotonicity_violations: Maybe,
  direction: v.nullable(v.string()),
  declared: v.optional(v.string()),
});
export type FeatureSensitivity = v.InferOutput<typeof FeatureSensitivity>;

export const SensitivityReport = v.strictObject({
  rows: v.number(),
  sampled: v.boolean(),
  repeats: v.number(),
  curve_rows: v.number(),
  joint: v.array(
    v.strictObject({
      noise: v.string(),
      level: v.number(),
      flip_rate: v.nullable(Estimate),
      mean_shift: Estimate,
      p99_shift: v.number(),
    }),
  ),
  features: v.array(FeatureSensitivity),
  label_flip_rate: v.nullable(Estimate),
  proba_shift_mean: Estimate,
});
export type SensitivityReport = v.InferOutput<typeof SensitivityReport>;
