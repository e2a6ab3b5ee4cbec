import { useState } from "react";

import { EstimatePlot } from "@/charts/estimates";
import { LineChart } from "@/charts/lines";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { Select } from "@/ui/Select";

import type { FeatureImportance } from "./report";

interface DependencePartProps {
  features: FeatureImportance[];
  rows: number;
  namespace: string;
}

/** Mean prediction when one feature is set to each of its values. */
export function DependencePart({ features, rows, namespace }: DependencePartProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const drawable = features.filter((f) => f.dependence.length > 1);
  const [name, setName] = useState(drawable[0]?.feature ?? "");
  const feature = drawable.find((f) => f.feature === name) ?? drawable[0];
  if (!feature) return null;
  const points = feature.dependence.map(([label, y]) => ({ label, x: Number(label), y }));
  const numeric = points.every((p) => p.label.trim() !== "" && Number.isFinite(p.x));
  const sorted = points.toSorted((a, b) => (numeric ? a.x - b.x : a.y - b.y));
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  const label = (p: { label: string; x: number }) => (numeric ? numbers.format(p.x, "number") : p.label);
  const words = {
    caption: say("dependence.caption", {
      feature: feature.feature,
      low: label(low),
      high: label(high),
      from: numbers.format(low.y, "number", 3),
      to: numbers.format(high.y, "number", 3),
    }),
    note: [
      say("dependence.rows", { n: numbers.count(rows) }),
      feature.class === undefined ? "" : say("dependence.class", { class: feature.class }),
    ]
      .filter(Boolean)
      .join(" "),
    computed: say("dependence.computed"),
  };
  return (
    <div className="flex flex-col gap-4">
      <Select
        label={say("dependence.choose")}
        size="sm"
        className="max-w-72"
        options={drawable.map((f) => ({ id: f.feature, label: f.feature }))}
        value={feature.feature}
        onChange={setName}
      />
      {numeric ? (
        <LineChart
          {...words}
          series={[{ label: feature.feature, points: sorted }]}
          xTitle={feature.feature}
          yTitle={say("dependence.value")}
          xUnit="number"
          yUnit="number"
          dots
        />
      ) : (
        <EstimatePlot
          {...words}
          mark="dot"
          rows={sorted.toReversed().map((p) => ({
            label: p.label,
            estimates: [{ value: p.y, low: null, high: null, n: rows, method: "none" }],
          }))}
          unit="number"
          rowTitle={feature.feature}
          valueTitle={say("dependence.value")}
        />
      )}
    </div>
  );
}
