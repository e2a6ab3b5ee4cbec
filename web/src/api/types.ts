import type { OutcomeId, SeverityId } from "@/ui/Badge";

import type { Comparison } from "./comparison";

/** One page of a list. */
export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface Config {
  version: string;
  auth: { mode: "embedded" | "supabase"; url: string | null; anon_key: string | null };
  limits: { dataset_bytes: number; model_bytes: number };
  /** Uploads can be resumed (TUS at `/uploads`). */
  resumable_uploads: boolean;
  demo: boolean;
  /** How to enter the demo workspace; only where there is one. */
  demo_account?: { email: string; password: string } | null;
}

export interface Me {
  id: string;
  email: string;
}

/** What an API key allows. */
export type KeyScope = "read" | "audit";

export interface ApiKey {
  id: string;
  name: string;
  /** The first characters of the key. */
  hint: string;
  scopes: KeyScope[];
  created_at: string;
  expires_at: string;
  last_used_at: string | null;
  expired: boolean;
}

export interface ApiKeyList {
  items: ApiKey[];
  limit: number;
}

export interface MadeApiKey extends ApiKey {
  /** The key itself, shown this once. */
  secret: string;
}

export interface TrailItem {
  id: string;
  at: string;
  by: string;
  key_id: string | null;
  action: string;
  subject: string | null;
  address: string | null;
}

export type ColumnKind = "bool" | "int" | "float" | "time" | "text";
export type ColumnRole =
  | "target"
  | "feature"
  | "protected"
  | "weight"
  | "entity"
  | "time"
  | "prediction"
  | "ignore";
export type Task = "binary" | "multiclass" | "regression";

export interface Roles {
  target: string;
  positive?: string | null;
  protected: string[];
  weight?: string | null;
  entity?: string | null;
  time?: string | null;
  /** Columns that hold predictions: instead of a model, or to prove that the model was read rightly. */
  prediction?: StoredPrediction | null;
  ignore: string[];
}

export interface StoredPrediction {
  label?: string | null;
  /** The column of each class's probability. */
  probabilities?: Record<string, string>;
}

export interface DatasetColumn {
  name: string;
  kind: ColumnKind;
  missing: number;
  distinct: number;
  examples: string[];
  role: ColumnRole;
  protected: boolean;
}

export interface Dataset {
  id: string;
  filename: string;
  bytes: number;
  sha256: string;
  format: string;
  rows: number;
  columns: number;
  created_at: string;
}

export interface DatasetPreview {
  columns: DatasetColumn[];
  head: (string | null)[][];
  suggested: { roles: Roles; task: Task | null; classes: string[] };
  delimiter?: string | null;
  decimal?: string | null;
  /** Oddities that did not stop the read. */
  warnings?: { id: string; byte?: number; column?: string }[];
  encoding?: string | null;
  compression?: string | null;
}

export interface DatasetDetail extends Dataset {
  preview: DatasetPreview;
}

export interface Model {
  id: string;
  filename: string;
  bytes: number;
  sha256: string;
  format: string;
  library: string;
  library_version: string | null;
  task: Task | null;
  created_at: string;
  runnable: boolean;
}

export interface EstimatorFacts {
  depth: number;
  name: string;
  class: string;
  params: [string, string][];
}

export interface ModelFacts {
  format: string;
  protocol?: number | null;
  compression?: string | null;
  library: string;
  library_version?: string | null;
  bytes: number;
  sha256: string;
  estimators: EstimatorFacts[];
  trees: number;
  nodes: number;
  imports: { name: string; kind: string; offset: number; calls: number }[];
  /** Without arguments: a name that is only imported. */
  dangers: { name: string; offset: number; arguments: string }[];
  /** The first calls of a normal load, in order. */
  calls?: { name: string; kind: string; offset: number }[];
  call_count?: number;
  /** Parts of the file of which one can be chosen. */
  choices?: { keys?: string[]; steps?: string[]; outputs?: string[] };
  warnings: { id: string; args: Record<string, string> }[];
}

/** How a model is read: a part of its file, and the ids of the files that stand before it. */
export interface ModelReading {
  before?: string[];
  pick?: string | null;
  from_step?: string | null;
  output?: number | null;
}

/** RFC 9457 problem of the API. */
export interface Problem {
  type?: string;
  title: string;
  status: number;
  detail?: string | null;
  slug: string;
  /** Short code of a model file's refusal, the same in every language. */
  code?: string | null;
  request_id?: string | null;
  args?: Record<string, unknown> | null;
  errors?:
    | {
        pointer: string;
        code: string;
        stable_code?: string | null;
        detail: string;
        args?: Record<string, unknown> | null;
      }[]
    | null;
}

export interface ModelDetail extends Model {
  facts: ModelFacts;
  features: { name: string; kind: string }[];
  classes: string[];
  problem: Problem | null;
  reading: ModelReading;
}

export interface CheckProblem {
  code: string;
  stable_code?: string | null;
  pointer: string;
  detail: string;
  args?: Record<string, unknown> | null;
}

export interface CheckStage {
  id: string;
  applies: boolean;
  reason?: string | null;
  cost: { predicted_rows: number; row_operations: number };
  expected_ms: number;
}

export interface CheckAnswer {
  ok: boolean;
  task: Task | null;
  classes: string[];
  positive: string | null;
  rows: number;
  problems: CheckProblem[];
  stages: CheckStage[];
}

/** An audit of the demo workspace that waits for a click. */
export interface PreparedAudit {
  dataset: string;
  rows: number;
  model: string | null;
  request: AuditRequest;
}

export interface AuditRequest {
  dataset_id: string;
  /** Absent audits the predictions that the table holds. */
  model_id?: string | null;
  reference_id?: string;
  name?: string;
  roles: Roles;
  stages?: string[];
  seed?: number;
}

export type JobState = "queued" | "running" | "done" | "failed" | "cancelled";
export type StageState = "waiting" | "running" | "done" | "not-run" | "failed" | "cancelled";

export interface Counts {
  issue: number;
  watch: number;
  inconclusive: number;
  pass: number;
}

export interface StageProgress {
  id: string;
  state: StageState;
  done: number;
  total: number;
  reason?: string | null;
}

/** The whole state of a job; every event carries one. */
export interface Snapshot {
  job_id: string;
  analysis_id: string;
  state: JobState;
  progress: number;
  step: string | null;
  stages: StageProgress[];
  findings: Counts;
  attempt: number;
  error: Problem | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
}

export interface AnalysisSummary {
  id: string;
  job_id: string;
  name: string;
  state: JobState;
  verdict: OutcomeId | null;
  task: Task | null;
  dataset: { id: string; filename: string };
  /** `null` where stored predictions were audited. */
  model: { id: string; filename: string } | null;
  rows: number | null;
  counts: Counts;
  created_at: string;
  finished_at: string | null;
}

export interface Estimate {
  value: number | null;
  low: number | null;
  high: number | null;
  n: number;
  method: string;
}

export type Outcome = OutcomeId;
export type Severity = SeverityId;

/** Counts in bins: one edge more than counts. */
export interface Histogram {
  edges: number[];
  counts: number[];
}

export type Scope =
  | { kind: "global" }
  | { kind: "feature"; feature: string }
  | { kind: "pair"; features: [string, string] }
  | { kind: "group"; attribute: string; group: string | null; reference: string | null }
  | { kind: "class"; class: string }
  | { kind: "slice"; predicates: Predicate[] };

/** A condition on one feature: a number from `low` to `high`, or one of the values; the rest lets further rows in. */
export interface Predicate {
  feature: string;
  low: number | null;
  high: number | null;
  values: string[];
  rare: boolean;
  missing: boolean;
}

/** The limits a finding was judged by, and where they come from. */
export interface AppliedLimit {
  issue?: number;
  watch?: number;
  critical?: number;
  good: "below" | "above";
  origin: string;
}

export interface Finding {
  check: string;
  stage: string;
  outcome: OutcomeId;
  severity: SeverityId;
  severity_basis?: { effect_ratio: number; share_affected: number; product: number };
  scope: Scope;
  measured: Estimate;
  limit?: AppliedLimit;
  p_value?: number;
  detectable?: number;
  reason?: string;
  evidence: string;
  recommendation?: string;
}

export type StageStatus =
  | { state: "done" }
  | { state: "not-run"; reason: string }
  | { state: "failed"; error: string; detail: string }
  | { state: "cancelled" };

export interface StageRecord {
  id: string;
  version: number;
  status: StageStatus;
  cost: { predicted_rows: number; row_operations: number };
  params: unknown;
  report?: unknown;
}

export interface Statement {
  key: string;
  severity: SeverityId;
  scope?: Scope;
  args: Record<string, unknown>;
  evidence: string[];
}

export interface AuditResult {
  schema: string;
  engine_version: string;
  manifest: {
    data: { name: string; format: string; bytes: number; sha256: string };
    rows: number;
    columns: number;
    dropped_rows: number;
    reference?: { name: string; format: string; bytes: number; sha256: string };
    model: ModelFacts;
    features: { name: string; kind: string }[];
    task: Task;
    classes: string[];
    positive?: string;
    roles: Roles;
    seed: number;
    policy: { name: string; version: string; [key: string]: unknown };
  };
  verdict: OutcomeId;
  diagnosis: {
    rules_version: string;
    summary: Statement[];
    risks: Statement[];
    recommendations: Statement[];
  };
  stages: StageRecord[];
  findings: Finding[];
}

export interface Analysis extends AnalysisSummary {
  result: AuditResult | null;
  partial: { stages: StageRecord[]; findings: Finding[] } | null;
}

/** Two finished audits of the same rows, and what the new one says differently. */
export interface CompareAnswer {
  old: AnalysisSummary;
  new: AnalysisSummary;
  comparison: Comparison;
}
