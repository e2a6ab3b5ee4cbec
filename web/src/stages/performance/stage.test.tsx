import { describeStage } from "../describe-stage";
import fixture from "./fixture.json";
import { PerformanceReport } from "./report";
import PerformanceStage from "./stage";

describeStage({
  id: "performance",
  schema: PerformanceReport,
  Stage: PerformanceStage,
  fixture,
  figures: 2,
  shown: (r, n) => [
    ...["accuracy", "recall", "specificity"].flatMap((id) => {
      const e = r.metrics.find((m) => m.id === id)?.estimate;
      return e?.value == null ? [] : n.format(e.value, "number", 3);
    }),
    ...r.confusion.flat().map((count) => n.count(count)),
    ...r.baselines.map((b) => n.format(b.value, "number", 3)),
    ...r.thresholds.map((t) => n.format(t.threshold, "ratio")),
    ...(r.residuals?.histogram.counts.map((count) => n.count(count)) ?? []),
  ],
});
