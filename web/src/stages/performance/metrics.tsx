import { EstimatePlot } from "@/charts/estimates";
import { Pair } from "@/charts/headline";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { useCatalogue } from "@/i18n/useCatalogue";

import type { PerformanceReport } from "./report";

/** Metrics that share one axis. Unbounded and squared ones stand in the headline only. */
const SCORES = [
  "accuracy",
  "balanced_accuracy",
  "roc_auc",
  "average_precision",
  "precision",
  "recall",
  "specificity",
  "f1",
  "mcc",
  "kappa",
  "brier",
];
const ERRORS = ["mae", "median_ae", "rmse", "mean_residual", "pinball_10", "pinball_50", "pinball_90"];
const RATIOS = ["r2", "adjusted_r2", "explained_variance", "mape", "smape"];

interface MetricsProps {
  report: PerformanceReport;
  namespace: string;
}

export function Metrics({ report, namespace }: MetricsProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const { say: word } = useCatalogue();
  const of = (id: string) => report.metrics.find((m) => m.id === id)?.estimate;
  const rows = (ids: string[]) =>
    ids.flatMap((id) => {
      const estimate = of(id);
      return estimate ? [{ label: word(`metrics.${id}`), estimates: [estimate] }] : [];
    });
  const note =
    say("metrics.note", { n: numbers.count(report.n) }) + (report.weighted ? ` ${say("weighted")}.` : "");
  const shared = { mark: "dot" as const, rowTitle: say("metrics.metric"), note };
  const accuracy = of("accuracy");
  if (accuracy) {
    const scored = SCORES.filter((id) => id !== "brier" && of(id)?.value !== null && of(id)).toSorted(
      (a, b) => (of(b)?.value ?? 0) - (of(a)?.value ?? 0),
    );
    return (
      <EstimatePlot
        {...shared}
        caption={say("metrics.classification", {
          accuracy: numbers.estimate(accuracy, "share"),
          best: word(`metrics.${scored[0]}`),
          worst: word(`metrics.${scored.at(-1)}`),
        })}
        computed={say("metrics.computed")}
        rows={rows(SCORES)}
        unit="number"
        valueTitle={say("metrics.score")}
      />
    );
  }
  const [mae, rmse, r2] = [of("mae"), of("rmse"), of("r2")];
  return (
    <Pair>
      <EstimatePlot
        {...shared}
        caption={say("metrics.regression", {
          mae: mae ? numbers.estimate(mae, "number") : "–",
          rmse: rmse ? numbers.estimate(rmse, "number") : "–",
        })}
        rows={rows(ERRORS)}
        unit="number"
        valueTitle={say("metrics.error")}
      />
      <EstimatePlot
        {...shared}
        caption={say("metrics.explained", { r2: r2 ? numbers.estimate(r2, "number") : "–" })}
        rows={rows(RATIOS)}
        unit="number"
        valueTitle={say("metrics.ratio")}
      />
    </Pair>
  );
}
