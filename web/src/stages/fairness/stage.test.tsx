import { describeStage } from "../describe-stage";
import fixture from "./fixture.json";
import { FairnessReport } from "./report";
import FairnessStage from "./stage";

describeStage({
  id: "fairness",
  schema: FairnessReport,
  Stage: FairnessStage,
  fixture,
  figures: 3,
  shown: (r, n) => [
    r.positive,
    ...(r.attributes[0]?.groups.flatMap((g) => [
      g.group,
      n.count(g.n),
      ...g.counts.map((count) => n.count(count)),
      ...(g.selection_rate.value === null
        ? [n.estimate(g.selection_rate, "share")]
        : [n.format(g.selection_rate.value, "share", 1)]),
    ]) ?? []),
    ...(r.attributes[0]?.gaps.flatMap((g) => (g.p_adjusted === null ? [] : n.format(g.p_adjusted, "p"))) ??
      []),
  ],
});
