import * as v from "valibot";
import { Estimate, Maybe } from "@/api/result";

const count = v.number();
/** Reference first, audited second. */
const Both = v.tuple([v.number(), v.number()]);

export const Test = v.strictObject({
  statistic: v.number(),
  degrees: count,
  p: v.number(),
  p_adjusted: v.number(),
});

export const Bin = v.strictObject({
  kind: v.picklist(["range", "category", "rare", "rest", "missing"]),
  low: Maybe,
  high: Maybe,
  label: v.nullable(v.string()),
  shares: Both,
});
export type Bin = v.InferOutput<typeof Bin>;

export const ColumnDrift = v.strictObject({
  name: v.string(),
  kind: v.picklist(["number", "category"]),
  type_changed: v.boolean(),
  psi: Estimate,
  jensen_shannon: Estimate,
  ks: v.nullable(Estimate),
  wasserstein: v.nullable(Estimate),
  cramer_v: v.nullable(Estimate),
  moved: v.number(),
  chi_squared: v.nullable(Test),
  ks_test: v.nullable(Test),
  missing: v.strictObject({ shares: Both, change: Estimate, p: v.number(), p_adjusted: v.number() }),
  new_categories: v.nullable(Estimate),
  new_names: v.array(v.tuple([v.string(), count])),
  out_of_range: v.nullable(Estimate),
  range: v.nullable(Both),
  bins: v.array(Bin),
  shape: v.nullable(
    v.strictObject({
      edges: v.array(v.number()),
      reference: v.array(v.number()),
      audited: v.array(v.number()),
    }),
  ),
});
export type ColumnDrift = v.InferOutput<typeof ColumnDrift>;

export const Domain = v.strictObject({
  separation: Estimate,
  auc: Estimate,
  told_apart: v.number(),
  fitted_rows: count,
  roc: v.array(Both),
  features: v.array(v.strictObject({ feature: v.string(), share: Estimate })),
});
export type Domain = v.InferOutput<typeof Domain>;

export const DriftReport = v.strictObject({
  rows: Both,
  effective_rows: Both,
  weighted: v.tuple([v.boolean(), v.boolean()]),
  features: v.array(ColumnDrift),
  not_compared: v.array(v.strictObject({ feature: v.string(), reason: v.string() })),
  label: v.nullable(ColumnDrift),
  predictions: v.array(ColumnDrift),
  domain: v.nullable(Domain),
});
export type DriftReport = v.InferOutput<typeof DriftReport>;
