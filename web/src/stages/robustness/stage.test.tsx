import { describeStage } from "../describe-stage";
import fixture from "./fixture.json";
import { RobustnessReport } from "./report";
import RobustnessStage from "./stage";

describeStage({
  id: "robustness",
  schema: RobustnessReport,
  Stage: RobustnessStage,
  fixture,
  figures: 2,
  shown: (r, n) => [
    n.format(r.baseline, "number", 3),
    ...r.masked.flatMap((m) => [m.feature, m.fill]),
    ...r.noise.map((l) => n.format(l.level, "ratio")),
    ...(r.metric_drop.value === null ? [] : [n.format(r.metric_drop.value, "number")]),
  ],
});
