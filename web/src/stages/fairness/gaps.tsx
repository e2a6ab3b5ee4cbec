import type { Finding } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { Pair } from "@/charts/headline";
import { limitLines } from "@/charts/marks";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { useCatalogue } from "@/i18n/useCatalogue";

import { limitOf } from "../props";
import type { AttributeFairness } from "./report";

interface GapsProps {
  attribute: AttributeFairness;
  findings: Finding[];
  namespace: string;
}

const RATIO = "disparate_impact";
/** A difference of two ratios: on another scale than differences of rates. */
const TREATMENT = "treatment_equality_diff";

/** The gaps over all groups: differences with their limits, and the ratio of selection rates. */
export function Gaps({ attribute, findings, namespace }: GapsProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const { say: word } = useCatalogue();
  const differences = attribute.gaps.filter((g) => g.id !== RATIO && g.id !== TREATMENT);
  const treatment = attribute.gaps.find((g) => g.id === TREATMENT && g.estimate.value !== null);
  const more = attribute.ratio_one_more;
  const ratio = attribute.gaps.find((g) => g.id === RATIO);
  const worst = differences.toSorted((a, b) => (b.estimate.value ?? -1) - (a.estimate.value ?? -1))[0];
  const between = (pair: [string, string] | null) => pair?.join(" – ") ?? "–";
  const extra = (g: AttributeFairness["gaps"][number]) => [
    numbers.format(g.p_adjusted, "p"),
    between(g.extremes),
    numbers.format(g.power_at_10, "share", 0),
    numbers.format(g.detectable, "points"),
  ];
  const shared = {
    mark: "dot" as const,
    rowTitle: say("gaps.gap"),
    extra: [say("gaps.p"), say("gaps.between"), say("gaps.power"), say("gaps.detectable")],
    computed: say("gaps.computed"),
  };
  return (
    <Pair>
      {worst && (
        <EstimatePlot
          {...shared}
          caption={say("gaps.caption", {
            gap: word(`metrics.${worst.id}`),
            value: numbers.estimate(worst.estimate, "points"),
            low: worst.extremes?.[0] ?? "–",
            high: worst.extremes?.[1] ?? "–",
          })}
          rows={differences.map((g) => ({
            label: word(`metrics.${g.id}`),
            estimates: [g.estimate],
            extra: extra(g),
          }))}
          unit="points"
          valueTitle={say("gaps.value")}
          limits={[
            { kind: "reference", value: 0 },
            ...limitLines(limitOf(findings, "FAIR-PARITY-DIFFERENCE")),
          ]}
        />
      )}
      <div className="flex flex-col gap-7">
        {ratio && (
          <EstimatePlot
            {...shared}
            caption={say("gaps.ratio", { value: numbers.estimate(ratio.estimate, "ratio") })}
            note={more === null ? undefined : say("gaps.oneMore", { more: numbers.format(more, "ratio") })}
            rows={[{ label: word(`metrics.${RATIO}`), estimates: [ratio.estimate], extra: extra(ratio) }]}
            unit="ratio"
            valueTitle={say("gaps.ratioValue")}
            limits={[
              ...limitLines(limitOf(findings, "FAIR-SELECTION-RATIO")),
              { kind: "reference", value: 1 },
            ]}
          />
        )}
        {treatment && (
          <EstimatePlot
            {...shared}
            caption={say("gaps.treatment", { value: numbers.estimate(treatment.estimate, "ratio") })}
            note={
              treatment.p_adjusted === null
                ? undefined
                : say("gaps.treatmentP", { p: numbers.format(treatment.p_adjusted, "p") })
            }
            rows={attribute.groups.map((g) => ({ label: g.group, estimates: [g.treatment_ratio] }))}
            extra={[]}
            unit="ratio"
            rowTitle={say("rates.group")}
            valueTitle={say("gaps.treatmentValue")}
            limits={[{ kind: "reference", value: 1 }]}
          />
        )}
      </div>
    </Pair>
  );
}

/** Each group against the reference group. */
export function Forest({ attribute, findings, namespace }: GapsProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const { reference, comparisons } = attribute;
  const sure = comparisons.filter(
    ({ selection_difference: e }) => e.low !== null && e.high !== null && (e.low > 0 || e.high < 0),
  );
  const widest = sure.toSorted(
    (a, b) => Math.abs(b.selection_difference.value ?? 0) - Math.abs(a.selection_difference.value ?? 0),
  )[0];
  const value = widest?.selection_difference.value ?? 0;
  const limit = limitOf(findings, "FAIR-PARITY-DIFFERENCE");
  const mirrored = limitLines(limit).map((l) => ({ kind: l.kind, value: l.value, mirrored: true }));
  return (
    <EstimatePlot
      mark="dot"
      caption={
        widest
          ? say("forest.caption", {
              group: widest.group,
              value: numbers.format(Math.abs(value), "points"),
              direction: say(value > 0 ? "forest.more" : "forest.less"),
              reference,
            })
          : say("forest.same", { reference })
      }
      computed={say("forest.computed")}
      rows={comparisons.map((c) => ({
        label: c.group,
        estimates: [c.selection_difference],
        extra: [
          numbers.estimate(c.selection_ratio, "ratio"),
          numbers.estimate(c.tpr_difference, "points"),
          numbers.estimate(c.fpr_difference, "points"),
          numbers.estimate(c.cross_auc, "number"),
          numbers.estimate(c.cross_auc_reference, "number"),
          numbers.format(c.p_adjusted, "p"),
        ],
      }))}
      extra={["ratio", "tpr", "fpr", "crossAuc", "crossAucReference", "p"].map((id) => say(`forest.${id}`))}
      unit="points"
      rowTitle={say("rates.group")}
      valueTitle={say("forest.value")}
      limits={[{ kind: "reference", value: 0 }, ...mirrored]}
    />
  );
}
