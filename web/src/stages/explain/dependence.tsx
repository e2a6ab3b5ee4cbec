import { useState } from "react";

import { EstimatePlot } from "@/charts/estimates";
import { Pair } from "@/charts/headline";
import { LineChart } from "@/charts/lines";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { Select } from "@/ui/Select";

import { Curves } from "./curves";
import { Effects } from "./effects";
import type { FeatureImportance } from "./report";

interface DependencePartProps {
  features: FeatureImportance[];
  rows: number;
  namespace: string;
}

/** How predictions change along one feature: on average, near each row, and row by row. */
export function DependencePart({ features, rows, namespace }: DependencePartProps) {
  const say = useWords(namespace);
  const drawable = features.filter((f) => f.dependence.length > 1);
  const [name, setName] = useState(drawable[0]?.feature ?? "");
  const feature = drawable.find((f) => f.feature === name) ?? drawable[0];
  if (!feature) return null;
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
      <Pair>
        <Dependence feature={feature} rows={rows} namespace={namespace} />
        {feature.ale && <Effects feature={feature.feature} ale={feature.ale} namespace={namespace} />}
        {feature.ice.length > 0 && <Curves feature={feature} namespace={namespace} />}
      </Pair>
    </div>
  );
}

interface DependenceProps {
  feature: FeatureImportance;
  rows: number;
  namespace: string;
}

/** Mean prediction when the feature is set to each of its values. */
function Dependence({ feature, rows, namespace }: DependenceProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
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
  return numeric ? (
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
  );
}
