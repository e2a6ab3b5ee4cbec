import * as v from "valibot";
import { Estimate, Maybe } from "@/api/result";

import { MaybeSampling } from "../sampling";

export const GroupCoverage = v.strictObject({
  attribute: v.nullable(v.string()),
  group: v.string(),
  share: v.number(),
  coverage: Estimate,
  shortfall: Estimate,
  p: Maybe,
  size: Estimate,
  own: v.nullable(
    v.strictObject({
      calibration_rows: v.number(),
      threshold: v.number(),
      coverage: Estimate,
      p: Maybe,
      size: Estimate,
    }),
  ),
});
export type GroupCoverage = v.InferOutput<typeof GroupCoverage>;

export const Method = v.strictObject({
  id: v.picklist(["lac", "aps", "normalised", "absolute"]),
  threshold: v.number(),
  coverage: Estimate,
  shortfall: Estimate,
  law: v.strictObject({ a: v.number(), b: v.number(), low: v.number(), high: v.number(), p: Maybe }),
  size: Estimate,
  singletons: v.nullable(Estimate),
  empty: v.nullable(Estimate),
  sizes: v.array(
    v.strictObject({ low: v.number(), high: v.number(), share: v.number(), coverage: Estimate }),
  ),
  groups: v.array(GroupCoverage),
});
export type Method = v.InferOutput<typeof Method>;

export const UncertaintyReport = v.strictObject({
  n: v.number(),
  target: v.number(),
  calibration_rows: v.number(),
  test_rows: v.number(),
  clustered: v.boolean(),
  sampling: MaybeSampling,
  scale: v.nullable(
    v.strictObject({ source: v.picklist(["reference", "audited"]), rows: v.number(), leaves: v.number() }),
  ),
  methods: v.array(Method),
});
export type UncertaintyReport = v.InferOutput<typeof UncertaintyReport>;
