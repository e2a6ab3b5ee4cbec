import * as v from "valibot";
import { Estimate, Maybe } from "@/api/result";

export const ClassCalibration = v.strictObject({
  class: v.string(),
  ece_mass: Estimate,
  ece_width: v.number(),
  ece2_debiased: v.number(),
  mce: v.number(),
  ace: v.number(),
  brier: v.number(),
  log_loss: v.number(),
  corp: v.strictObject({
    mcb: v.number(),
    dsc: v.number(),
    unc: v.number(),
    mcb_p: v.number(),
    curve: v.array(v.tuple([v.number(), v.number(), v.number(), v.number()])),
  }),
  spiegelhalter_z: v.number(),
  spiegelhalter_p: v.number(),
  slope: Estimate,
  intercept: Estimate,
  bins: v.array(v.strictObject({ n: v.number(), predicted: v.number(), observed: Estimate })),
  distinct_scores: v.number(),
});
export type ClassCalibration = v.InferOutput<typeof ClassCalibration>;

export const CalibrationReport = v.strictObject({
  n: v.number(),
  classes: v.array(ClassCalibration),
  groups: v.array(
    v.strictObject({
      attribute: v.string(),
      group: v.string(),
      n: v.number(),
      mean_gap: Estimate,
      ece_mass: Estimate,
      slope: Estimate,
      intercept: Estimate,
      mcb: Maybe,
      brier: Maybe,
      spiegelhalter_p: Maybe,
    }),
  ),
  deciles: v.array(
    v.strictObject({ n: v.number(), predicted: v.number(), observed: v.number(), residual: Estimate }),
  ),
  calibration_error: v.nullable(Estimate),
  classwise_error: Maybe,
  adaptive_error: Maybe,
  brier_score: v.nullable(Estimate),
});
export type CalibrationReport = v.InferOutput<typeof CalibrationReport>;
