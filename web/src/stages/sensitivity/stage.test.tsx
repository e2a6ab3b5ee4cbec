import { describeStage } from "../describe-stage";
import fixture from "./fixture.json";
import { SensitivityReport } from "./report";
import SensitivityStage from "./stage";

describeStage({
  id: "sensitivity",
  schema: SensitivityReport,
  Stage: SensitivityStage,
  fixture,
  figures: 2,
  shown: (r, n) => [
    n.count(r.rows),
    n.count(r.repeats),
    ...(r.label_flip_rate ? n.estimate(r.label_flip_rate, "share").split(/ \(|\)/, 2) : []),
    ...n.estimate(r.proba_shift_mean, "number").split(/ \(|\)/, 2),
    ...r.features.map((f) => n.format(f.p99_shift, "number", 3)),
  ],
});
