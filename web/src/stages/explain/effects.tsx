import { LineChart } from "@/charts/lines";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";

import type { Ale } from "./report";

/** Accumulated local effects with their band: rows are only asked about values near their own. */
export function Effects({ feature, ale, namespace }: { feature: string; ale: Ale; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const points = ale.points.map((p) => ({ x: p.at, y: p.effect, low: p.low, high: p.high }));
  const [low, high] = [points[0]!, points.at(-1)!];
  return (
    <LineChart
      caption={say("ale.caption", {
        feature,
        low: numbers.format(low.x, "number"),
        high: numbers.format(high.x, "number"),
        change: numbers.format(high.y - low.y, "number", 3),
      })}
      note={say("ale.rows", { n: numbers.count(ale.rows), bins: numbers.count(ale.counts.length) })}
      computed={say("ale.computed")}
      series={[{ label: feature, points }]}
      xTitle={feature}
      yTitle={say("ale.value")}
      xUnit="number"
      yUnit="number"
      limits={[{ kind: "reference", value: 0 }]}
      dots
    />
  );
}
