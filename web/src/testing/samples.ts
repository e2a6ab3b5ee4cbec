import type {
  AnalysisSummary,
  CheckAnswer,
  DatasetDetail,
  ModelDetail,
  Snapshot,
  StageProgress,
} from "@/api/types";

/** Answers of the API for tests, in its form. */
const column = (
  name: string,
  kind: "int" | "text",
  role: "feature" | "target" | "weight",
  isProtected = false,
) => ({
  name,
  kind,
  missing: 3,
  distinct: 2,
  examples: ["a", "b"],
  role,
  protected: isProtected,
});

export const dataset: DatasetDetail = {
  id: "d1",
  filename: "people.csv",
  bytes: 1200,
  sha256: "ab".repeat(32),
  format: "csv",
  rows: 100,
  columns: 4,
  created_at: "2026-01-02T03:04:05Z",
  preview: {
    columns: [
      column("age", "int", "feature"),
      column("sex", "text", "feature", true),
      column("w", "int", "weight"),
      column("y", "int", "target"),
    ],
    head: [
      ["31", "f", "1", "0"],
      [null, "m", "2", "1"],
    ],
    suggested: {
      roles: { target: "y", positive: "1", protected: ["sex"], weight: "w", ignore: [] },
      task: "binary",
      classes: ["0", "1"],
    },
    delimiter: ";",
    encoding: "utf-8",
    warnings: [{ id: "mixed-decimal", column: "w" }],
  },
};

export const model: ModelDetail = {
  id: "m1",
  filename: "model.joblib",
  bytes: 5000,
  sha256: "cd".repeat(32),
  format: "joblib",
  library: "scikit-learn",
  library_version: "1.9.1",
  task: "binary",
  created_at: "2026-01-02T03:04:05Z",
  runnable: true,
  facts: {
    format: "joblib",
    protocol: 4,
    library: "scikit-learn",
    library_version: "1.9.1",
    bytes: 5000,
    sha256: "cd".repeat(32),
    estimators: [
      { depth: 0, name: "", class: "Pipeline", params: [] },
      { depth: 1, name: "clf", class: "LogisticRegression", params: [["C", "1.0"]] },
    ],
    trees: 0,
    nodes: 0,
    imports: [{ name: "sklearn.pipeline.Pipeline", kind: "estimator", offset: 12, calls: 1 }],
    dangers: [],
    calls: [{ name: "sklearn.pipeline.Pipeline", kind: "estimator", offset: 40 }],
    call_count: 250,
    warnings: [],
  },
  features: [
    { name: "age", kind: "number" },
    { name: "sex", kind: "text" },
  ],
  classes: ["0", "1"],
  problem: null,
  reading: {},
};

export const check: CheckAnswer = {
  ok: true,
  task: "binary",
  classes: ["0", "1"],
  positive: "1",
  rows: 100,
  problems: [],
  stages: [
    { id: "data", applies: true, cost: { predicted_rows: 0, row_operations: 10 }, expected_ms: 20 },
    { id: "explain", applies: true, cost: { predicted_rows: 5000, row_operations: 10 }, expected_ms: 4000 },
    {
      id: "fairness",
      applies: false,
      reason: "no-protected-attribute",
      cost: { predicted_rows: 0, row_operations: 0 },
      expected_ms: 0,
    },
  ],
};

const stage = (id: string, state: StageProgress["state"], done = 0): StageProgress => ({
  id,
  state,
  done,
  total: 10,
});

export const snapshot: Snapshot = {
  job_id: "j1",
  analysis_id: "a1",
  state: "running",
  progress: 0.4,
  step: "performance",
  stages: [stage("data", "done", 10), stage("performance", "running", 4), stage("explain", "waiting")],
  findings: { issue: 1, watch: 0, inconclusive: 0, pass: 3 },
  attempt: 1,
  error: null,
  created_at: "2026-01-02T03:04:05Z",
  started_at: "2026-01-02T03:04:05Z",
  finished_at: null,
};

export const summary: AnalysisSummary = {
  id: "a1",
  job_id: "j1",
  name: "Income",
  state: "done",
  verdict: "issue",
  task: "binary",
  dataset: { id: "d1", filename: "people.csv" },
  model: { id: "m1", filename: "model.joblib" },
  rows: 100,
  counts: { issue: 1, watch: 2, inconclusive: 0, pass: 9 },
  created_at: "2026-01-02T03:04:05Z",
  finished_at: "2026-01-02T03:05:05Z",
};
