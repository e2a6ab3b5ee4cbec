import type { Finding } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { Part } from "@/charts/headline";
import { limitLines } from "@/charts/marks";
import type { Unit } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { useCatalogue } from "@/i18n/useCatalogue";

import { limitOf } from "../props";
import type { FairnessReport, Gap } from "./report";

interface OverviewProps {
  report: FairnessReport;
  findings: Finding[];
  namespace: string;
}

interface Compared {
  attribute: string;
  of: string[];
  gaps: Gap[];
}

/** The gap of every attribute beside that of every intersection. */
export function Overview({ report, findings, namespace }: OverviewProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const { say: word } = useCatalogue();
  const [all, id, unit, check]: [Compared[], string, Unit, string] =
    report.labels.length > 0
      ? [report.labels, "label_distance", "share", "FAIR-LABEL-DISTANCE"]
      : report.values.length > 0
        ? [report.values, "prediction_ks", "points", "FAIR-PREDICTION-DISTANCE"]
        : [report.attributes, "demographic_parity_diff", "points", "FAIR-INTERSECTION-PARITY"];
  const rows = all.flatMap((a) => {
    const gap = a.gaps.find((g) => g.id === id);
    return gap ? [{ name: a.attribute, crossed: a.of.length > 0, gap }] : [];
  });
  const value = (row: (typeof rows)[number]) => row.gap.estimate.value ?? -1;
  const largest = (crossed: boolean) =>
    rows.filter((r) => r.crossed === crossed).toSorted((a, b) => value(b) - value(a))[0];
  const [alone, together] = [largest(false), largest(true)];
  if (!alone || !together) return null;
  return (
    <Part title={say("crossed.title")} note={say("crossed.intro")}>
      <EstimatePlot
        mark="dot"
        caption={say("crossed.caption", {
          together: together.name,
          wide: numbers.estimate(together.gap.estimate, unit),
          low: together.gap.extremes?.[0] ?? "–",
          high: together.gap.extremes?.[1] ?? "–",
          alone: alone.name,
          narrow: numbers.estimate(alone.gap.estimate, unit),
        })}
        computed={say("crossed.computed")}
        rows={rows.map((r) => ({
          label: r.name,
          estimates: [r.gap.estimate],
          marked: r.crossed,
          extra: [numbers.format(r.gap.p_adjusted, "p"), r.gap.extremes?.join(" – ") ?? "–"],
        }))}
        extra={[say("gaps.p"), say("gaps.between")]}
        markedLabel={say("crossed.marked")}
        unit={unit}
        rowTitle={say("attribute")}
        valueTitle={word(`metrics.${id}`)}
        limits={limitLines(limitOf(findings, check))}
      />
    </Part>
  );
}
