import * as v from "valibot";
import { Estimate } from "@/api/result";

const count = v.number();
const Span = v.tuple([v.number(), v.number()]);

export const Power = v.strictObject({
  column: v.string(),
  score: Estimate,
  model: v.number(),
  naive: v.number(),
});
export type Power = v.InferOutput<typeof Power>;

export const Shared = v.strictObject({
  reference_rows: count,
  features: count,
  absent: v.array(v.string()),
  rows: Estimate,
  repeated: Estimate,
  examples: v.array(Span),
  near: v.nullable(Estimate),
  near_by_feature: v.array(v.tuple([v.string(), count])),
});
export type Shared = v.InferOutput<typeof Shared>;

export const LeakageReport = v.strictObject({
  rows: count,
  metric: v.picklist(["f1_weighted", "mae"]),
  depth: count,
  folds: count,
  features: v.array(Power),
  skipped: v.array(v.strictObject({ column: v.string(), reason: v.string() })),
  identifiers: v.array(Power),
  shared: v.nullable(Shared),
  ids: v.nullable(
    v.strictObject({
      column: v.string(),
      reference: count,
      audited: count,
      shared: count,
      share: Estimate,
    }),
  ),
  times: v.nullable(
    v.strictObject({
      column: v.string(),
      is_time: v.boolean(),
      reference: Span,
      audited: Span,
      overlap: Estimate,
    }),
  ),
  predictions: v.nullable(
    v.strictObject({
      rows: count,
      single: v.number(),
      single_labels: count,
      again: v.number(),
      again_labels: count,
    }),
  ),
});
export type LeakageReport = v.InferOutput<typeof LeakageReport>;
