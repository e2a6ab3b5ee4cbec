import { useState } from "react";

import { LineChart } from "@/charts/lines";
import type { Unit } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";

import type { ThresholdRow } from "./report";

interface ThresholdExplorerProps {
  rows: ThresholdRow[];
  positive: string;
  namespace: string;
}

const SERIES = ["precision", "recall", "f1", "volume"] as const;
const SHOWN = ["volume", "precision", "recall", "f1", "specificity", "cost"] as const;

/** What each threshold would do: a slider over the table of thresholds. */
export function ThresholdExplorer({ rows, positive, namespace }: ThresholdExplorerProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const [index, setIndex] = useState(() => nearest(rows, 0.5));
  const row = rows[index] ?? rows[0]!;
  const cheapest = rows.reduce((best, r) => (r.cost < best.cost ? r : best), rows[0]!);
  const write = (value: number | null, unit: Unit = "share") =>
    numbers.format(value, unit, unit === "share" ? 1 : 3);
  const threshold = (value: number) => numbers.format(value, "ratio");
  const controls = (
    <div className="flex flex-col gap-3">
      <label className="flex max-w-xl flex-wrap items-center gap-3 text-sm font-medium">
        {say("threshold.slider")}
        <input
          type="range"
          min={0}
          max={rows.length - 1}
          step={1}
          value={index}
          aria-valuetext={threshold(row.threshold)}
          onChange={(event) => setIndex(Number(event.target.value))}
          className="h-6 min-w-40 flex-1 cursor-pointer accent-(--accent)"
        />
        <output className="num w-12 text-right">{threshold(row.threshold)}</output>
      </label>
      <dl className="num grid max-w-3xl grid-cols-3 gap-x-6 gap-y-2 sm:grid-cols-6">
        {SHOWN.map((id) => (
          <div key={id}>
            <dt className="text-xs text-ink-muted">{say(`threshold.${id}`)}</dt>
            <dd className="text-base font-semibold">{write(row[id], id === "cost" ? "number" : "share")}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
  return (
    <LineChart
      caption={say("threshold.caption", {
        at: threshold(row.threshold),
        volume: write(row.volume),
        positive,
        precision: write(row.precision),
        recall: write(row.recall),
      })}
      note={say("threshold.cheapest", { at: threshold(cheapest.threshold) })}
      computed={say("threshold.computed")}
      controls={controls}
      series={SERIES.map((id) => ({
        label: say(`threshold.${id}`),
        points: rows.flatMap((r) => (r[id] === null ? [] : [{ x: r.threshold, y: r[id] }])),
      }))}
      xTitle={say("threshold.axis")}
      yTitle={say("threshold.share")}
      xUnit="ratio"
      yUnit="share"
      yDomain={[0, 1]}
      cursor={{ at: row.threshold, label: say("threshold.chosen") }}
    />
  );
}

function nearest(rows: ThresholdRow[], at: number): number {
  let best = 0;
  for (const [i, row] of rows.entries()) {
    if (Math.abs(row.threshold - at) < Math.abs((rows[best]?.threshold ?? 2) - at)) best = i;
  }
  return best;
}
