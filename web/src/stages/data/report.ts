import * as v from "valibot";
import { Histogram, Maybe } from "@/api/result";

const count = v.number();
const Counted = v.tuple([v.string(), count]);

export const ColumnProfile = v.strictObject({
  name: v.string(),
  kind: v.string(),
  role: v.string(),
  missing: count,
  missing_share: v.number(),
  distinct: count,
  top_share: v.number(),
  constant: v.boolean(),
  near_constant: v.boolean(),
  identifier: v.boolean(),
  high_cardinality: v.boolean(),
  numeric_like: count,
  null_spellings: v.array(Counted),
  hidden_missing: v.optional(v.array(Counted), []),
  case_variants: v.array(v.array(v.string())),
  variant_cells: v.optional(count, 0),
  symbols_only: count,
  numbers: v.nullable(
    v.strictObject({
      mean: v.number(),
      sd: v.number(),
      min: v.number(),
      quartiles: v.tuple([v.number(), v.number(), v.number()]),
      max: v.number(),
      outliers: count,
      infinite: count,
      histogram: Histogram,
    }),
  ),
  categories: v.array(Counted),
});
export type ColumnProfile = v.InferOutput<typeof ColumnProfile>;

export const DataReport = v.strictObject({
  rows: count,
  columns: v.array(ColumnProfile),
  duplicate_rows: count,
  duplicate_share: v.number(),
  conflicting_rows: count,
  conflicting_share: v.number(),
  outlier_rows: v.optional(count, 0),
  outlier_share: v.optional(Maybe, null),
  classes: v.array(v.strictObject({ class: v.string(), count, share: v.number() })),
  target: v.nullable(Histogram),
  associations: v.array(
    v.strictObject({
      features: v.tuple([v.string(), v.string()]),
      method: v.string(),
      value: v.number(),
      n: count,
    }),
  ),
  matrix: v.strictObject({ features: v.array(v.string()), values: v.array(v.array(Maybe)) }),
});
export type DataReport = v.InferOutput<typeof DataReport>;
