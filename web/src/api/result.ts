import * as v from "valibot";

/*
 * The JSON of an audit, as the engine writes it (crates/audit: result.rs, finding.rs, estimate.rs, policy.rs).
 * The schemas are strict so that a test which parses a fixture written by the engine fails when the two sides differ;
 * the product imports only the types.
 */

export const Maybe = v.nullable(v.number());

export const Estimate = v.strictObject({
  value: Maybe,
  low: Maybe,
  high: Maybe,
  n: v.number(),
  method: v.picklist(["none", "wilson", "newcombe", "delong-logit", "bca", "percentile", "log-delta", "t"]),
});
export type Estimate = v.InferOutput<typeof Estimate>;

export const Histogram = v.strictObject({ edges: v.array(v.number()), counts: v.array(v.number()) });
export type Histogram = v.InferOutput<typeof Histogram>;

export const Outcome = v.picklist(["not-applicable", "pass", "watch", "inconclusive", "errored", "issue"]);
export type Outcome = v.InferOutput<typeof Outcome>;

export const Severity = v.picklist(["info", "low", "medium", "high", "critical"]);
export type Severity = v.InferOutput<typeof Severity>;

export const Task = v.picklist(["binary", "multiclass", "regression"]);
export type Task = v.InferOutput<typeof Task>;

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
]);
export type Scope = v.InferOutput<typeof Scope>;

export const AppliedLimit = v.strictObject({
  issue: v.optional(v.number()),
  watch: v.optional(v.number()),
  good: v.picklist(["below", "above"]),
  origin: v.string(),
});
export type AppliedLimit = v.InferOutput<typeof AppliedLimit>;

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
export type Finding = v.InferOutput<typeof Finding>;

export const StageStatus = v.variant("state", [
  v.strictObject({ state: v.literal("done") }),
  v.strictObject({ state: v.literal("not-run"), reason: v.string() }),
  v.strictObject({ state: v.literal("failed"), error: v.string(), detail: v.string() }),
  v.strictObject({ state: v.literal("cancelled") }),
]);
export type StageStatus = v.InferOutput<typeof StageStatus>;

export const StageRecord = v.strictObject({
  id: v.string(),
  version: v.number(),
  status: StageStatus,
  cost: v.strictObject({ predicted_rows: v.number(), row_operations: v.number() }),
  params: v.unknown(),
  report: v.optional(v.unknown()),
});
export type StageRecord = v.InferOutput<typeof StageRecord>;

export interface Statement {
  key: string;
  severity: Severity;
  scope?: Scope;
  args: Record<string, unknown>;
  evidence: string[];
}

export interface Diagnosis {
  rules_version: string;
  summary: Statement[];
  risks: Statement[];
  recommendations: Statement[];
}

export interface DataFile {
  name: string;
  format: string;
  bytes: number;
  sha256: string;
}

export interface Manifest {
  data: DataFile;
  rows: number;
  columns: number;
  dropped_rows: number;
  reference?: DataFile;
  model: { format: string; library: string; library_version?: string; bytes: number; sha256: string };
  task: Task;
  classes: string[];
  positive?: string;
  seed: number;
  policy: { name: string; version: string; alpha: number; required: string[] };
}

export interface AuditResult {
  schema: string;
  engine_version: string;
  manifest: Manifest;
  verdict: Outcome;
  diagnosis: Diagnosis;
  stages: StageRecord[];
  findings: Finding[];
}
