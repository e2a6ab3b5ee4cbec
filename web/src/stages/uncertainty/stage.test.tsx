import { describeStage } from "../describe-stage";
import fixture from "./fixture.json";
import { UncertaintyReport } from "./report";
import UncertaintyStage from "./stage";

describeStage({
  id: "uncertainty",
  schema: UncertaintyReport,
  Stage: UncertaintyStage,
  fixture,
  figures: 5,
  shown: (r, n) => [
    n.format(r.target, "share", 0),
    ...r.methods.flatMap((m) => [
      n.interval(m.coverage, "share"),
      n.format(m.threshold, "number"),
      `Beta(${m.law.a}, ${m.law.b})`,
    ]),
    ...(r.methods[0]?.groups.map((g) =>
      g.attribute === null ? `truth ${g.group}` : `${g.attribute} = ${g.group}`,
    ) ?? []),
  ],
});
