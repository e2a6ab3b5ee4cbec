import { existsSync, readFileSync } from "node:fs";

import * as v from "valibot";
import { describe, expect, it } from "vitest";

import { Finding, StageRecord } from "@/api/result";
import { CalibrationReport } from "./calibration/report";
import { DataReport } from "./data/report";
import { DriftReport } from "./drift/report";
import { ExplainReport } from "./explain/report";
import { FairnessReport } from "./fairness/report";
import { LeakageReport } from "./leakage/report";
import { ModelFileReport } from "./model-file/report";
import { PerformanceReport } from "./performance/report";
import { RobustnessReport } from "./robustness/report";
import { SensitivityReport } from "./sensitivity/report";
import { SlicesReport } from "./slices/report";
import { UncertaintyReport } from "./uncertainty/report";

const REPORTS = {
  data: DataReport,
  leakage: LeakageReport,
  drift: DriftReport,
  performance: PerformanceReport,
  calibration: CalibrationReport,
  uncertainty: UncertaintyReport,
  slices: SlicesReport,
  explain: ExplainReport,
  sensitivity: SensitivityReport,
  robustness: RobustnessReport,
  fairness: FairnessReport,
  "model-file": ModelFileReport,
};

const path = (stage: string) => `src/stages/${stage}/fixture.json`;
const WRITTEN = Object.entries(REPORTS).filter(([stage]) => existsSync(path(stage)));

describe.each(WRITTEN)("the engine's own %s report", (stage, schema) => {
  const fixture = JSON.parse(readFileSync(path(stage), "utf8")) as { record: unknown; findings: unknown };

  it("has the form that the client reads", () => {
    const record = v.parse(StageRecord, fixture.record);
    expect(record.id).toBe(stage);
    const parsed = v.safeParse<v.GenericSchema>(schema, record.report);
    expect(parsed.issues?.map((i) => `${v.getDotPath(i)}: ${i.message}`)).toBeUndefined();
    expect(v.parse(v.array(Finding), fixture.findings).every((f) => f.stage === stage)).toBe(true);
  });
});
