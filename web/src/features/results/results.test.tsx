import { screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import type { AuditResult, Finding, StageRecord } from "@/api/types";
import { expectAccessible, renderWith } from "@/testing/render";

import { StageView } from "./stage-view";
import { ResultSummary } from "./summary";
import type { StageLink } from "./types";

const selection: Finding = {
  check: "FAIR-SELECTION-RATIO",
  stage: "fairness",
  outcome: "issue",
  severity: "high",
  severity_basis: { effect_ratio: 2.2, share_affected: 0.33, product: 0.726 },
  scope: { kind: "group", attribute: "sex", group: "Female", reference: "Male" },
  measured: { value: 0.36, low: 0.331, high: 0.392, n: 16281, method: "log-delta" },
  limit: { issue: 0.8, good: "above", origin: "four-fifths-rule" },
  p_value: 0.0002,
  evidence: "/stages/1/report/attributes/0/gaps/1",
  recommendation: "FAIR-SELECTION-RATIO",
};
const missing: Finding = {
  check: "DATA-MISSING",
  stage: "data",
  outcome: "watch",
  severity: "low",
  severity_basis: { effect_ratio: 1.1, share_affected: 0.06, product: 0.066 },
  scope: { kind: "feature", feature: "occupation" },
  measured: { value: 0.057, low: null, high: null, n: 16281, method: "none" },
  limit: { watch: 0.05, good: "below", origin: "fine-default" },
  evidence: "/stages/0/report/columns/6",
  recommendation: "DATA-MISSING",
};
const open: Finding = {
  check: "FAIR-OPPORTUNITY-DIFFERENCE",
  stage: "fairness",
  outcome: "inconclusive",
  severity: "info",
  scope: { kind: "group", attribute: "sex", group: null, reference: null },
  measured: { value: null, low: null, high: null, n: 11, method: "none" },
  limit: { watch: 0.05, issue: 0.1, good: "below", origin: "fine-default" },
  reason: "not-estimable",
  evidence: "/stages/1/report/attributes/0/gaps/2",
};

const record = (id: string, status: StageRecord["status"], report?: unknown): StageRecord => ({
  id,
  version: 1,
  status,
  cost: { predicted_rows: 0, row_operations: 0 },
  params: {},
  report,
});

const result: AuditResult = {
  schema: "fine-audit/1",
  engine_version: "0.1.0",
  manifest: {
    data: { name: "adult.csv", format: "csv", bytes: 1, sha256: "ab" },
    rows: 16281,
    columns: 15,
    dropped_rows: 0,
    model: {
      format: "joblib",
      library: "xgboost",
      bytes: 1,
      sha256: "cd",
      estimators: [],
      trees: 0,
      nodes: 0,
      imports: [],
      dangers: [],
      warnings: [],
    },
    features: [],
    task: "binary",
    classes: ["<=50K", ">50K"],
    positive: ">50K",
    roles: { target: "income", protected: ["sex"], ignore: [] },
    seed: 1,
    policy: { name: "fine-default", version: "1" },
  },
  verdict: "issue",
  diagnosis: {
    rules_version: "1",
    summary: [
      {
        key: "diagnosis.verdict.issue",
        severity: "high",
        args: { issues: 1, watches: 1, inconclusive: 1, checks: 3 },
        evidence: ["/verdict"],
      },
      { key: "diagnosis.quality.auc", severity: "info", args: { auc: 0.9273 }, evidence: ["/x"] },
    ],
    risks: [
      {
        key: "checks.FAIR-SELECTION-RATIO.issue",
        severity: "high",
        scope: selection.scope,
        args: {},
        evidence: ["/findings/1", selection.evidence],
      },
    ],
    recommendations: [
      {
        key: "recommendations.FAIR-SELECTION-RATIO",
        severity: "high",
        scope: selection.scope,
        args: {},
        evidence: ["/findings/1"],
      },
    ],
  },
  stages: [
    record("data", { state: "done" }, {}),
    record("fairness", { state: "done" }, {}),
    record("calibration", { state: "not-run", reason: "no-probability" }),
  ],
  findings: [missing, selection, open],
};

const Link: StageLink = ({ stage, children, className }) => (
  <a href={`?tab=${stage}`} className={className}>
    {children}
  </a>
);

describe("the summary", () => {
  it("says verdict, risks and findings in words with their numbers", async () => {
    const { container } = await renderWith(<ResultSummary result={result} StageLink={Link} />);
    expect(screen.getByText(/Issues: 1; warnings: 1; not settled: 1; 3 findings were judged/)).toBeVisible();
    expect(screen.getByText("Its ROC AUC is 0.927.")).toBeVisible();
    const sentence =
      "The selection rate of Female (sex) is 0.36 (95 % interval 0.33 to 0.39) of that of Male, the highest; four fifths (0.8) is the usual line.";
    expect(screen.getAllByText(sentence, { exact: false })).toHaveLength(3);
    expect(screen.getByText("Not decided: not enough data to estimate it (n = 11).")).toBeVisible();
    expect(screen.getByText(/the model gives no probabilities/)).toBeVisible();
    expect(screen.queryByText(/\{\{/)).toBeNull();
    await expectAccessible(container);
  });

  it("shows the arithmetic of the severity and the place of the evidence", async () => {
    await renderWith(<ResultSummary result={result} StageLink={Link} />);
    const list = screen.getByRole("list", { name: "High" });
    expect(
      within(list).getByText(/2\.20 × the limit, times 33\.0% of the rows affected, is 0\.73: high/),
    ).toBeInTheDocument();
    expect(within(list).getByText(selection.evidence)).toBeInTheDocument();
    expect(within(list).getByText("from the four-fifths rule")).toBeInTheDocument();
    expect(within(list).getByRole("link", { name: "Fairness", hidden: true })).toHaveAttribute(
      "href",
      "?tab=fairness",
    );
  });

  it("filters the findings by words, and clears the filter", async () => {
    const user = userEvent.setup();
    await renderWith(<ResultSummary result={result} StageLink={Link} />);
    const search = screen.getByRole("searchbox", { name: "Search findings" });
    await user.type(search, "occupation");
    expect(screen.queryByRole("list", { name: "High" })).toBeNull();
    expect(within(screen.getByRole("list", { name: "Low" })).getAllByRole("listitem")).toHaveLength(1);
    await user.clear(search);
    await user.type(search, "no such words");
    expect(screen.getByText("No finding matches.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Clear the filter" }));
    expect(screen.getByRole("list", { name: "High" })).toBeVisible();
  });

  it("speaks Spanish", async () => {
    const { container } = await renderWith(<ResultSummary result={result} StageLink={Link} />, "es");
    expect(screen.getByRole("heading", { name: "Hallazgos" })).toBeVisible();
    expect(screen.getAllByText(/0,36 \(intervalo del 95 %.* 0,33 a 0,39\)/).length).toBeGreaterThan(0);
    await expectAccessible(container);
  });

  it("shows what is there while the audit runs", async () => {
    const partial = { stages: result.stages.slice(0, 1), findings: [missing] };
    await renderWith(<ResultSummary result={null} partial={partial} StageLink={Link} />);
    expect(screen.getByText(/still running/)).toBeVisible();
    expect(screen.getByText("1 warning")).toBeVisible();
  });
});

describe("a stage without a report", () => {
  const context = { classes: [] };
  const states: [string, StageRecord | undefined, RegExp][] = [
    [
      "not run",
      record("calibration", { state: "not-run", reason: "no-probability" }),
      /Reason: the model gives no probabilities/,
    ],
    [
      "failed",
      record("explain", { state: "failed", error: "panic", detail: "at row 3" }),
      /Error id: panic · at row 3/,
    ],
    ["cancelled", record("explain", { state: "cancelled" }), /never counted as passed/],
    ["waiting", undefined, /Waiting for its turn/],
    ["unknown", record("drift", { state: "done" }, { psi: 0.31 }), /"psi": 0.31/],
  ];
  it.each(states)("%s says so", async (_, stage, words) => {
    const { container } = await renderWith(
      <StageView id={stage?.id ?? "data"} record={stage} findings={[]} context={context} />,
    );
    expect(await screen.findByText(words)).toBeVisible();
    await expectAccessible(container);
  });

  it("running shows how far it is", async () => {
    await renderWith(
      <StageView
        id="data"
        progress={{ state: "running", done: 3, total: 8 }}
        findings={[]}
        context={context}
      />,
    );
    expect(screen.getByRole("progressbar", { name: "Running" })).toHaveAttribute("aria-valuenow", "37.5");
  });
});
