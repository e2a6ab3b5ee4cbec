import { describeStage } from "../describe-stage";
import fixture from "./fixture.json";
import { DriftReport } from "./report";
import DriftStage from "./stage";

describeStage({
  id: "drift",
  schema: DriftReport,
  Stage: DriftStage,
  fixture,
  figures: 5,
  shown: (r, n) => [
    ...r.rows.map((rows) => n.count(rows)),
    ...r.features.map((c) => c.name),
    ...r.features.map((c) => n.format(c.psi.value, "number", 3)),
    ...r.features.map((c) => n.format(c.jensen_shannon.value, "number", 3)),
    ...r.features.map((c) => n.format(c.moved, "share", 1)),
    ...(r.domain ? n.estimate(r.domain.separation, "number", 3).split(/ \(|\)/, 2) : []),
    ...(r.domain?.features ?? []).map((f) => f.feature),
  ],
});
