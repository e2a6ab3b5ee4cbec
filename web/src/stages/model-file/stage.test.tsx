import { describeStage } from "../describe-stage";
import fixture from "./fixture.json";
import { ModelFileReport } from "./report";
import ModelFileStage from "./stage";

describeStage({
  id: "model-file",
  schema: ModelFileReport,
  Stage: ModelFileStage,
  fixture,
  figures: 1,
  shown: (r, n) => [
    r.facts.sha256,
    r.facts.library,
    n.count(r.facts.trees),
    n.count(r.features.length),
    ...r.features.map((f) => f.name),
    ...r.facts.imports.map((i) => i.name),
    ...r.facts.dangers.map((d) => d.name),
  ],
});
