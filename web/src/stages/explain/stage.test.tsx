import { describeStage } from "../describe-stage";
import fixture from "./fixture.json";
import { ExplainReport } from "./report";
import ExplainStage from "./stage";

describeStage({
  id: "explain",
  schema: ExplainReport,
  Stage: ExplainStage,
  fixture,
  figures: 9,
  shown: (r, n) => [
    n.count(r.method.rows),
    ...r.features.slice(0, 12).map((f) => f.feature),
    ...r.features.slice(0, 12).map((f) => n.format(f.mean_shap, "number", 3)),
    ...(r.rows[0]?.contributions.slice(0, 10).map(([feature]) => feature) ?? []),
    ...(r.rank_stability === null ? [] : [n.format(r.rank_stability, "ratio")]),
    n.format(r.trust.additivity_error, "scientific"),
    ...(r.trust.agreement ? [n.format(r.trust.agreement.tau, "ratio")] : []),
    ...(r.interactions?.pairs.map((p) => n.format(p.h, "ratio")) ?? []),
    ...(r.reasons?.features.slice(0, 4).map((f) => n.format(f.listed.value, "share")) ?? []),
    ...(r.rows[0]?.counterfactuals?.found.flatMap((c) => c.changes.map((change) => change.to)) ?? []),
    ...r.proxies.slice(0, 4).map((p) => p.attribute),
  ],
});
