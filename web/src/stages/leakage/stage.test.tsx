import { screen } from "@testing-library/react";
import * as v from "valibot";
import { expect, it } from "vitest";

import { renderWith } from "@/testing/render";

import { describeStage } from "../describe-stage";
import fixture from "./fixture.json";
import { LeakageReport } from "./report";
import LeakageStage from "./stage";

describeStage({
  id: "leakage",
  schema: LeakageReport,
  Stage: LeakageStage,
  fixture,
  figures: 2,
  shown: (r, n) => [
    n.count(r.rows),
    ...r.features.map((p) => p.column),
    ...r.features.map((p) => n.format(p.model, "number", 3)),
    ...(r.shared ? n.estimate(r.shared.rows, "share").split(/ \(|\)/, 2) : []),
    ...(r.shared?.near_by_feature.map(([name]) => name) ?? []),
    ...(r.predictions ? [n.count(r.predictions.rows)] : []),
  ],
});

it("draws identifiers, entities and times, which German credit does not have", async () => {
  const report = v.parse(LeakageReport, fixture.record.report);
  const exact = (value: number, n: number) => ({ value, low: null, high: null, n, method: "none" });
  const day = 86_400_000_000;
  report.identifiers = [{ ...report.features[0]!, column: "loan_id" }];
  report.ids = { column: "person", reference: 30, audited: 20, shared: 5, share: exact(0.25, 20) };
  report.times = {
    column: "day",
    is_time: true,
    reference: [0, 400 * day],
    audited: [200 * day, 800 * day],
    overlap: exact(0.4, 20),
  };
  await renderWith(
    <LeakageStage report={report} findings={[]} context={{ task: "binary", classes: ["0", "1"] }} />,
  );
  expect(screen.getByText(/5 of the 20 audited entities of person \(25.0%\)/)).toBeVisible();
  expect(screen.getByText(/40.0% of the audited rows are not later than/)).toBeVisible();
  expect(screen.getAllByText(/loan_id/).length).toBeGreaterThan(0);
});
