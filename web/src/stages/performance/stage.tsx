import { ConfusionMatrix } from "@/charts/confusion";
import { EstimatePlot } from "@/charts/estimates";
import { type Fact, Headline, Pair, Part } from "@/charts/headline";
import { digitsOf } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { addWords, useWords } from "@/charts/words";
import { useCatalogue } from "@/i18n/useCatalogue";

import type { StageProps } from "../props";
import { Baselines } from "./baselines";
import { CurvesPart } from "./curves";
import en from "./en.json";
import es from "./es.json";
import { Metrics } from "./metrics";
import type { PerformanceReport } from "./report";
import { ResidualsPart } from "./residuals";
import { ThresholdExplorer } from "./threshold";

const NAMESPACE = addWords("stage-performance", { en, es });

const LEADING = [
  "accuracy",
  "balanced_accuracy",
  "roc_auc",
  "f1",
  "log_loss",
  "mae",
  "rmse",
  "r2",
  "median_ae",
  "max_error",
];
const SHARES = new Set([
  "accuracy",
  "balanced_accuracy",
  "precision",
  "recall",
  "specificity",
  "mape",
  "smape",
]);

export default function PerformanceStage({ report, context }: StageProps<PerformanceReport>) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const { say: word } = useCatalogue();
  const facts: Fact[] = LEADING.flatMap((id) => {
    const metric = report.metrics.find((m) => m.id === id);
    if (!metric) return [];
    const unit = SHARES.has(id) ? "share" : "number";
    const e = metric.estimate;
    const digits = digitsOf([e], unit);
    return {
      label: word(`metrics.${id}`),
      value: e.value === null ? numbers.estimate(e, unit) : numbers.format(e.value, unit, digits),
      note: e.low === null ? say("n", { n: numbers.count(e.n) }) : numbers.interval(e, unit, digits),
    };
  }).slice(0, 5);
  const positive = context.positive ?? report.curves[0]?.class ?? "";
  return (
    <>
      <Headline facts={facts} />
      <Part title={say("metrics.title")}>
        <Metrics report={report} namespace={NAMESPACE} />
      </Part>
      {report.baselines.length > 0 && (
        <Part title={say("baselines.title")}>
          <Baselines report={report} namespace={NAMESPACE} />
        </Part>
      )}
      {report.confusion.length > 0 && (
        <Part title={say("classes.title")}>
          <Classes report={report} classes={context.classes} />
        </Part>
      )}
      {report.curves.length > 0 && (
        <Part title={say("curves.title")}>
          <CurvesPart report={report} namespace={NAMESPACE} />
        </Part>
      )}
      {report.thresholds.length > 0 && (
        <Part title={say("threshold.title")}>
          <ThresholdExplorer rows={report.thresholds} positive={positive} namespace={NAMESPACE} />
        </Part>
      )}
      {report.residuals && (
        <Part title={say("residuals.title")}>
          <ResidualsPart residuals={report.residuals} namespace={NAMESPACE} />
        </Part>
      )}
      {report.degradation && (
        <Part title={say("degradation.title")}>
          <p className="max-w-[75ch] text-base">
            {say("degradation.text", {
              metric: word(`metrics.${report.degradation.metric}`),
              reference: numbers.format(report.degradation.reference, "number"),
              audited: numbers.format(report.degradation.audited, "number"),
              loss: numbers.estimate(report.degradation.relative_loss, "share"),
            })}
          </p>
        </Part>
      )}
    </>
  );
}

function Classes({ report, classes }: { report: PerformanceReport; classes: string[] }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const names = classes.length === report.confusion.length ? classes : report.per_class.map((c) => c.class);
  const cells = report.confusion.flatMap((row, truth) =>
    row.map((count, prediction) => ({ truth, prediction, count })),
  );
  const right = cells.filter((c) => c.truth === c.prediction).reduce((sum, c) => sum + c.count, 0);
  const worst = cells.filter((c) => c.truth !== c.prediction).toSorted((a, b) => b.count - a.count)[0];
  const known = report.per_class.filter((c) => c.recall.value !== null);
  const weakest = known.toSorted((a, b) => (a.recall.value ?? 1) - (b.recall.value ?? 1))[0];
  const caption = worst && worst.count > 0 ? "classes.confusion" : "classes.none";
  return (
    <Pair>
      <ConfusionMatrix
        caption={say(caption, {
          n: numbers.count(cells.reduce((sum, c) => sum + c.count, 0)),
          right: numbers.count(right),
          count: numbers.count(worst?.count ?? 0),
          truth: names[worst?.truth ?? 0],
          prediction: names[worst?.prediction ?? 0],
        })}
        note={say("classes.confusionNote")}
        computed={say("classes.computed")}
        classes={names}
        counts={report.confusion}
      />
      {weakest && (
        <PerClass
          report={report}
          caption={say("classes.perClass", {
            class: weakest.class,
            recall: numbers.estimate(weakest.recall, "share"),
            n: numbers.count(weakest.support),
          })}
        />
      )}
    </Pair>
  );
}

function PerClass({ report, caption }: { report: PerformanceReport; caption: string }) {
  const say = useWords(NAMESPACE);
  const { say: word } = useCatalogue();
  return (
    <EstimatePlot
      mark="dot"
      caption={caption}
      rows={report.per_class.map((c) => ({ label: c.class, estimates: [c.precision, c.recall, c.f1] }))}
      series={["precision", "recall", "f1"].map((id) => word(`metrics.${id}`))}
      unit="share"
      domain={[0, 1]}
      rowTitle={say("curves.chooseClass")}
      valueTitle={say("classes.score")}
    />
  );
}
