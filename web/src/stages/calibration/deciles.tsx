import { EstimatePlot } from "@/charts/estimates";
import { Pair } from "@/charts/headline";
import { LineChart } from "@/charts/lines";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";

import type { CalibrationReport } from "./report";

interface DecilesPartProps {
  deciles: CalibrationReport["deciles"];
  namespace: string;
}

/** Regression: truth against prediction in ten parts. */
export function DecilesPart({ deciles, namespace }: DecilesPartProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const size = (i: number) => Math.abs(deciles[i]?.residual.value ?? 0);
  const worst = deciles.reduce((best, _, i) => (size(i) > size(best) ? i : best), 0);
  const top = deciles.at(-1);
  const ends = deciles.flatMap((d) => [d.predicted, d.observed]);
  const domain: [number, number] = [Math.min(...ends), Math.max(...ends)];
  return (
    <Pair>
      <LineChart
        caption={say("deciles.lines", {
          observed: numbers.format(top?.observed, "number"),
          predicted: numbers.format(top?.predicted, "number"),
        })}
        series={[
          { label: say("deciles.line"), points: deciles.map((d) => ({ x: d.predicted, y: d.observed })) },
        ]}
        diagonal={say("deciles.equal")}
        xTitle={say("deciles.predicted")}
        yTitle={say("deciles.observed")}
        xUnit="number"
        yUnit="number"
        xDomain={domain}
        yDomain={domain}
        dots
        square
      />
      <EstimatePlot
        mark="dot"
        caption={say("deciles.caption", {
          decile: numbers.count(worst + 1),
          residual: deciles[worst] ? numbers.estimate(deciles[worst].residual, "number") : "–",
        })}
        computed={say("deciles.computed")}
        rows={deciles.map((d, i) => ({
          label: say("deciles.decile", { n: numbers.count(i + 1) }),
          estimates: [d.residual],
          extra: [numbers.format(d.predicted, "number"), numbers.format(d.observed, "number")],
        }))}
        extra={[say("deciles.predicted"), say("deciles.observed")]}
        unit="number"
        rowTitle={say("deciles.row")}
        valueTitle={say("deciles.value")}
        limits={[{ kind: "reference", value: 0 }]}
      />
    </Pair>
  );
}
