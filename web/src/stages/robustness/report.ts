import * as v from "valibot";
import { Estimate, Maybe } from "@/api/result";

const StressLevel = v.strictObject({ level: v.number(), value: v.number(), drop: Estimate });
export type StressLevel = v.InferOutput<typeof StressLevel>;

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
});
export type RobustnessReport = v.InferOutput<typeof RobustnessReport>;
