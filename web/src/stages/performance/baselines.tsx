import { EstimatePlot } from "@/charts/estimates";
import { Pair } from "@/charts/headline";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { useCatalogue } from "@/i18n/useCatalogue";

import type { PerformanceReport } from "./report";

/** How far the model is ahead of predictors that need no model, one chart a metric. */
export function Baselines({ report, namespace }: { report: PerformanceReport; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const { say: word } = useCatalogue();
  const metrics = [...new Set(report.baselines.map((b) => b.metric))];
  return (
    <Pair>
      {metrics.map((metric) => {
        const list = report.baselines.filter((b) => b.metric === metric);
        const known = list.filter((b) => b.advantage.value !== null);
        const hardest = known.toSorted((a, b) => (a.advantage.value ?? 0) - (b.advantage.value ?? 0))[0];
        const ahead = hardest && (hardest.advantage.low ?? hardest.advantage.value ?? 0) > 0;
        const name = word(`metrics.${metric}`);
        return (
          <EstimatePlot
            key={metric}
            mark="dot"
            caption={say(ahead ? "baselines.caption" : "baselines.behind", {
              baseline: hardest ? word(`baselines.${hardest.id}`) : "–",
              advantage: hardest ? numbers.estimate(hardest.advantage, "number") : "–",
              metric: name,
            })}
            computed={say("baselines.computed")}
            rows={list.map((b) => ({
              label: word(`baselines.${b.id}`),
              estimates: [b.advantage],
              extra: [
                numbers.format(b.value, "number", 3),
                numbers.estimate(b.gain_interval, "share"),
                b.fitted_rows === undefined ? "–" : numbers.count(b.fitted_rows),
              ],
            }))}
            extra={[say("baselines.value"), say("baselines.gain"), say("baselines.fitted")]}
            unit="number"
            rowTitle={say("baselines.name")}
            valueTitle={say("baselines.advantage", { metric: name })}
            limits={[{ kind: "reference", value: 0 }]}
          />
        );
      })}
    </Pair>
  );
}
