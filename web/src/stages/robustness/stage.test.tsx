import { describeStage } from "../describe-stage";
import fixture from "./fixture.json";
import { RobustnessReport } from "./report";
import RobustnessStage from "./stage";

describeStage({
  id: "robustness",
  schema: RobustnessReport,
  Stage: RobustnessStage,
  fixture,
  figures: 6,
  shown: (r, n) => [
    n.format(r.baseline, "number", 3),
    ...r.masked.flatMap((m) => [m.feature, m.fill]),
    ...r.noise.map((l) => n.format(l.level, "ratio")),
    ...r.nonsense.flatMap((c) => c.features),
    ...r.resilience.flatMap((s) => s.points.map((p) => n.format(p.value, "number", 3))),
    ...(r.adversarial?.numbers?.curve.map((p) => n.format(p.radius, "ratio")) ?? []),
    ...(r.adversarial?.few.alone.map((f) => f.feature) ?? []),
    ...(r.silent_acceptance ? [n.interval(r.silent_acceptance, "share")] : []),
    ...(r.metric_drop.value === null ? [] : [n.format(r.metric_drop.value, "number")]),
  ],
});
