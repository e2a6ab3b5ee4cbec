import * as v from "valibot";

/*
 * The JSON of an audit, as the engine writes it (crates/audit: result.rs, finding.rs, estimate.rs). The schemas are
 * strict so that a test which parses a fixture written by the engine fails when the two sides differ; the product
 * takes only types from here and from types.ts.
 */

export const Maybe = v.nullable(v.number());

export const Estimate = v.strictObject({
  value: Maybe,
  low: Maybe,
  high: Maybe,
  n: v.number(),
  method: v.string(),
});

export const Histogram = v.strictObject({ edges: v.array(v.number()), counts: v.array(v.number()) });

export const Outcome = v.picklist(["not-applicable", "pass", "watch", "inconclusive", "errored", "issue"]);

export const Severity = v.picklist(["info", "low", "medium", "high", "critical"]);

export const Task = v.picklist(["binary", "multiclass", "regression"]);

export const Predicate = v.strictObject({
  feature: v.string(),
  low: Maybe,
  high: Maybe,
  values: v.array(v.string()),
  rare: v.boolean(),
  missing: v.boolean(),
});

export const Scope = v.variant("kind", [
  v.strictObject({ kind: v.literal("global") }),
  v.strictObject({ kind: v.literal("feature"), feature: v.string() }),
  v.strictObject({ kind: v.literal("pair"), features: v.tuple([v.string(), v.string()]) }),
  v.strictObject({
    kind: v.literal("group"),
    attribute: v.string(),
    group: v.nullable(v.string()),
    reference: v.nullable(v.string()),
  }),
  v.strictObject({ kind: v.literal("class"), class: v.string() }),
  v.strictObject({ kind: v.literal("slice"), predicates: v.array(Predicate) }),
]);

export const AppliedLimit = v.strictObject({
  issue: v.optional(v.number()),
  watch: v.optional(v.number()),
  critical: v.optional(v.number()),
  good: v.picklist(["below", "above"]),
  origin: v.string(),
});

export const Finding = v.strictObject({
  check: v.string(),
  stage: v.string(),
  outcome: Outcome,
  severity: Severity,
  severity_basis: v.optional(
    v.strictObject({ effect_ratio: v.number(), share_affected: v.number(), product: v.number() }),
  ),
  scope: Scope,
  measured: Estimate,
  limit: v.optional(AppliedLimit),
  p_value: v.optional(v.number()),
  detectable: v.optional(v.number()),
  reason: v.optional(v.string()),
  evidence: v.string(),
  recommendation: v.optional(v.string()),
});

export const StageStatus = v.variant("state", [
  v.strictObject({ state: v.literal("done") }),
  v.strictObject({ state: v.literal("not-run"), reason: v.string() }),
  v.strictObject({ state: v.literal("failed"), error: v.string(), detail: v.string() }),
  v.strictObject({ state: v.literal("cancelled") }),
]);

export const StageRecord = v.strictObject({
  id: v.string(),
  version: v.number(),
  status: StageStatus,
  cost: v.strictObject({ predicted_rows: v.number(), row_operations: v.number() }),
  params: v.unknown(),
  report: v.optional(v.unknown()),
});
