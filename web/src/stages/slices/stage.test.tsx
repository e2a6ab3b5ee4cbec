import { describeStage } from "../describe-stage";
import fixture from "./fixture.json";
import { SlicesReport } from "./report";
import SlicesStage from "./stage";

describeStage({
  id: "slices",
  schema: SlicesReport,
  Stage: SlicesStage,
  fixture,
  figures: 5,
  shown: (r, n) => [
    ...(r.mean_loss.value === null ? [] : [n.format(r.mean_loss.value, "share")]),
    ...r.slices.flatMap((s) => [
      n.interval(s.loss, "share"),
      ...s.predicates.flatMap((p) => [p.feature, ...p.values]),
    ]),
    ...(r.maps[0]?.features ?? []),
    ...r.tree.filter((t) => t.leaf).flatMap((t) => t.predicates.map((p) => p.feature)),
    ...r.confidence.map((c) => n.format(c.probability, "share", 1)),
    n.count(r.counted),
  ],
});
