import { Pair } from "@/charts/headline";
import { HistogramChart } from "@/charts/histogram";
import { LineChart } from "@/charts/lines";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";

import type { PerformanceReport } from "./report";

type Residuals = NonNullable<PerformanceReport["residuals"]>;
const ALPHA = 0.05;

export function ResidualsPart({ residuals, namespace }: { residuals: Residuals; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const last = residuals.by_prediction.at(-1);
  return (
    <Pair>
      <HistogramChart
        caption={say("residuals.histogram", {
          skewness: numbers.format(residuals.skewness, "ratio"),
          kurtosis: numbers.format(residuals.kurtosis, "ratio"),
          normal: say(residuals.normality_p < ALPHA ? "residuals.rejected" : "residuals.kept"),
          p: numbers.format(residuals.normality_p, "p"),
        })}
        histogram={residuals.histogram}
        xTitle={say("residuals.residual")}
      />
      <LineChart
        caption={say("residuals.by", {
          changes: say(residuals.heteroscedasticity_p < ALPHA ? "residuals.changes" : "residuals.steady"),
          p: numbers.format(residuals.heteroscedasticity_p, "p"),
          sd: numbers.format(last?.[2], "number"),
        })}
        note={say("residuals.band")}
        computed={say("residuals.computed")}
        bandTitle={say("residuals.band")}
        series={[
          {
            label: say("residuals.mean"),
            points: residuals.by_prediction.map(([x, y, sd]) => ({ x, y, low: y - sd, high: y + sd })),
          },
        ]}
        limits={[{ kind: "reference", value: 0 }]}
        xTitle={say("residuals.prediction")}
        yTitle={say("residuals.mean")}
        xUnit="number"
        yUnit="number"
        dots
      />
    </Pair>
  );
}
