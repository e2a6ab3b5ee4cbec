import { describeStage } from "../describe-stage";
import fixture from "./fixture.json";
import { DataReport } from "./report";
import DataStage from "./stage";

describeStage({
  id: "data",
  schema: DataReport,
  Stage: DataStage,
  fixture,
  figures: 3,
  shown: (r, n) => [
    n.count(r.rows),
    n.format(r.duplicate_share, "share"),
    n.format(r.conflicting_share, "share"),
    n.format(r.outlier_share, "share"),
    ...r.columns.map((c) => c.name),
    ...r.columns.map((c) => n.format(c.top_share, "share", 1)),
    ...r.classes.map((c) => n.format(c.share, "share", 1)),
    ...r.associations.slice(0, 3).map((a) => n.format(a.value, "ratio")),
  ],
});
