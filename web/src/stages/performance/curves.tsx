import { useState } from "react";

import { LineChart } from "@/charts/lines";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { Select } from "@/ui/Select";

import type { PerformanceReport } from "./report";

type Kind = "roc" | "precision_recall" | "gain" | "lift" | "ks_curve";
const KINDS: Kind[] = ["roc", "precision_recall", "gain", "lift", "ks_curve"];
const AXES = {
  roc: { x: "curves.fpr", y: "curves.tpr" },
  precision_recall: { x: "curves.recall", y: "curves.precision" },
  gain: { x: "curves.contacted", y: "curves.found" },
  lift: { x: "curves.contacted", y: "curves.times" },
  ks_curve: { x: "curves.contacted", y: "curves.distance" },
} as const;

/** ROC, precision-recall, gain, lift and KS of one class against the rest. */
export function CurvesPart({ report, namespace }: { report: PerformanceReport; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const [name, setName] = useState(report.curves[0]?.class ?? "");
  const curves = report.curves.find((c) => c.class === name) ?? report.curves[0]!;
  const metrics = report.per_class.find((c) => c.class === curves.class);
  const captions: Record<Kind, string> = {
    roc: say("curves.rocCaption", {
      class: curves.class,
      auc: metrics ? numbers.estimate(metrics.roc_auc, "share") : "–",
    }),
    precision_recall: say("curves.prCaption", {
      class: curves.class,
      ap: metrics ? numbers.estimate(metrics.average_precision, "number") : "–",
      base: numbers.format(metrics && report.n > 0 ? metrics.support / report.n : null, "number", 3),
    }),
    gain: say("curves.gainCaption", {
      class: curves.class,
      found: numbers.format(at(curves.gain, 0.2), "share"),
    }),
    lift: say("curves.liftCaption", {
      class: curves.class,
      times: numbers.format(at(curves.lift, 0.2), "ratio"),
    }),
    ks_curve: curves.ks
      ? say("curves.ks", {
          distance: numbers.format(curves.ks[0], "ratio"),
          score: numbers.format(curves.ks[1], "ratio"),
        })
      : say("curves.ks_curve"),
  };
  return (
    <div className="flex min-w-0 flex-col gap-4">
      {report.curves.length > 1 && (
        <Select
          label={say("curves.chooseClass")}
          size="sm"
          className="max-w-64"
          options={report.curves.map((c) => ({ id: c.class, label: c.class }))}
          value={curves.class}
          onChange={setName}
        />
      )}
      <div className="grid min-w-0 gap-x-8 gap-y-7 @2xl:grid-cols-2 @4xl:grid-cols-3 [&>*]:min-w-0">
        {KINDS.map((kind) => (
          <LineChart
            key={kind}
            caption={captions[kind]}
            computed={say("curves.computed")}
            series={[{ label: say(`curves.${kind}`), points: curves[kind].map(([x, y]) => ({ x, y })) }]}
            xTitle={say(AXES[kind].x)}
            yTitle={say(AXES[kind].y)}
            xUnit="share"
            yUnit={kind === "lift" ? "ratio" : "share"}
            xDomain={[0, 1]}
            {...(kind === "lift" || kind === "ks_curve" ? {} : { yDomain: [0, 1] as [number, number] })}
            square
            {...(kind === "roc" || kind === "gain" ? { diagonal: say("curves.chance") } : {})}
            {...(kind === "lift" ? { limits: [{ kind: "reference", value: 1 }] as const } : {})}
          />
        ))}
      </div>
    </div>
  );
}

/** Height of a polyline at x. */
export function at(points: [number, number][], x: number): number | null {
  for (const [i, [x1, y1]] of points.entries()) {
    const before = points[i - 1];
    if (x1 < x) continue;
    if (!before || x1 === before[0]) return y1;
    return before[1] + ((x - before[0]) / (x1 - before[0])) * (y1 - before[1]);
  }
  return points.at(-1)?.[1] ?? null;
}
