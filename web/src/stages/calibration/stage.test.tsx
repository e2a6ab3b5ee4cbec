import { describeStage } from "../describe-stage";
import fixture from "./fixture.json";
import { CalibrationReport } from "./report";
import CalibrationStage from "./stage";

describeStage({
  id: "calibration",
  schema: CalibrationReport,
  Stage: CalibrationStage,
  fixture,
  figures: 1,
  shown: (r, n) => [
    ...(r.calibration_error?.value == null ? [] : [n.format(r.calibration_error.value, "points")]),
    ...(r.brier_score?.value == null ? [] : [n.format(r.brier_score.value, "number")]),
    ...(r.classes.length === 1
      ? (r.classes[0]?.bins.map((b) => n.format(b.predicted, "share", 1)) ?? [])
      : r.classes.map((c) => n.format(c.ece_mass.value, "points").replace(" points", ""))),
    ...r.groups.map((g) => `${g.attribute} = ${g.group}`),
    ...r.deciles.map((d) => n.format(d.predicted, "number")),
  ],
});
