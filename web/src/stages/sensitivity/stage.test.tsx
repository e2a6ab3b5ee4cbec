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
    ...(r.label_flip_rate?.value == null ? [] : [n.format(r.label_flip_rate.value, "share")]),
    ...(r.proba_shift_mean.value === null ? [] : [n.format(r.proba_shift_mean.value, "number")]),
    ...r.features.map((f) => n.format(f.p99_shift, "number", 3)),
  ],
});
