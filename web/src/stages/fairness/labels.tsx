import { useState } from "react";

import type { Estimate, Finding } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { GridMap } from "@/charts/grid-map";
import { type Fact, Headline, Pair, Part } from "@/charts/headline";
import { limitLines } from "@/charts/marks";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { useCatalogue } from "@/i18n/useCatalogue";
import { Segments } from "@/ui/Choice";

import { limitOf } from "../props";
import { useRemarks } from "./remarks";
import type { Gap, LabelFairness } from "./report";

interface LabelProps {
  attribute: LabelFairness;
  findings: Finding[];
  namespace: string;
}

const RATES = ["selection_rate", "tpr", "fpr"] as const;
type RateId = (typeof RATES)[number];
/** The gap of each rate. */
const GAPS: Record<RateId, string> = {
  selection_rate: "demographic_parity_diff",
  tpr: "equal_opportunity_diff",
  fpr: "predictive_equality_diff",
};
const MOST_CLASSES = 12;

const unknown: Estimate = { value: null, low: null, high: null, n: 0, method: "none" };

/** The share of a class: weighted, or in reports of older versions counted. */
const share = (group: LabelProps["attribute"]["groups"][number], i: number): Estimate => ({
  value: group.predicted_shares?.[i] ?? (group.n > 0 ? (group.predicted[i] ?? 0) / group.n : null),
  low: null,
  high: null,
  n: group.n,
  method: "none",
});

/** Predicted classes by the groups of one attribute or intersection. */
export function LabelView({ attribute, findings, namespace }: LabelProps) {
  const say = useWords(namespace);
  const remarks = useRemarks(attribute, namespace);
  return (
    <>
      <Facts {...{ attribute, namespace }} />
      <Part title={say("classes.title")} note={remarks}>
        <Shares {...{ attribute, namespace }} />
      </Part>
      <Part title={say("classes.distances")}>
        <Pair>
          <Distances {...{ attribute, findings, namespace }} />
          <Given {...{ attribute, findings, namespace }} />
        </Pair>
      </Part>
      <Part title={say("classes.each")} note={say("classes.eachIntro")}>
        <OneVsRest {...{ attribute, namespace }} />
      </Part>
    </>
  );
}

function Facts({ attribute, namespace }: Omit<LabelProps, "findings">) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const { say: word } = useCatalogue();
  const fact = (gap: Gap): Fact => ({
    label: word(`metrics.${gap.id}`),
    value: numbers.format(gap.estimate.value, gap.id === "label_distance" ? "share" : "points"),
    note: numbers.interval(gap.estimate, gap.id === "label_distance" ? "share" : "points"),
  });
  return (
    <Headline
      facts={[
        ...attribute.gaps.map(fact),
        { label: say("classes.count"), value: numbers.count(attribute.labels.length) },
        { label: say("classes.groups"), value: numbers.count(attribute.groups.length) },
      ]}
    />
  );
}

/** How often each group is predicted as each class. */
function Shares({ attribute, namespace }: Omit<LabelProps, "findings">) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const distance = attribute.gaps.find((g) => g.id === "label_distance");
  const [other, group] = [distance?.extremes?.[0], distance?.extremes?.[1]];
  const shown = attribute.labels.slice(0, MOST_CLASSES);
  return (
    <GridMap
      caption={
        distance && other && group
          ? say("classes.caption", { group, other, value: numbers.estimate(distance.estimate, "share") })
          : say("rates.few")
      }
      note={
        shown.length < attribute.labels.length
          ? say("classes.first", {
              n: numbers.count(shown.length),
              all: numbers.count(attribute.labels.length),
            })
          : undefined
      }
      computed={say("classes.computed")}
      rows={attribute.groups.map((g) => g.group)}
      columns={shown}
      cells={attribute.groups.map((g) => shown.map((_, i) => share(g, i)))}
      unit="share"
      rowTitle={say("rates.group")}
      columnTitle={say("classes.predicted")}
      valueTitle={say("classes.share")}
    />
  );
}

/** The distance of all rows and the difference in accuracy. */
function Distances({ attribute, findings, namespace }: LabelProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const { say: word } = useCatalogue();
  const accuracy = attribute.groups
    .filter((g) => g.accuracy.value !== null)
    .toSorted((a, b) => (a.accuracy.value ?? 0) - (b.accuracy.value ?? 0));
  const [low, high] = [accuracy[0], accuracy.at(-1)];
  return (
    <div className="flex min-w-0 flex-col gap-7">
      <EstimatePlot
        mark="dot"
        caption={
          low && high && low !== high
            ? say("rates.caption", {
                rate: say("rate.accuracy"),
                low: numbers.estimate(low.accuracy, "share"),
                lowGroup: low.group,
                high: numbers.estimate(high.accuracy, "share"),
                highGroup: high.group,
              })
            : say("rates.few")
        }
        rows={attribute.groups.map((g) => ({ label: g.group, estimates: [g.accuracy] }))}
        unit="share"
        rowTitle={say("rates.group")}
        valueTitle={say("rate.accuracy")}
      />
      <EstimatePlot
        mark="dot"
        caption={say("classes.tested")}
        rows={attribute.gaps.map((g) => ({
          label: word(`metrics.${g.id}`),
          estimates: [g.estimate],
          extra: [
            numbers.format(g.p_adjusted, "p"),
            g.extremes?.join(" – ") ?? "–",
            numbers.format(g.detectable, "points"),
          ],
        }))}
        extra={[say("gaps.p"), say("gaps.between"), say("gaps.detectable")]}
        unit="points"
        rowTitle={say("gaps.gap")}
        valueTitle={say("gaps.value")}
        limits={limitLines(limitOf(findings, "FAIR-LABEL-DISTANCE"))}
      />
    </div>
  );
}

/** The distance among the rows of each true class. */
function Given({ attribute, findings, namespace }: LabelProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const known = attribute.given.filter((c) => c.gap.estimate.value !== null);
  const worst = known.toSorted((a, b) => (b.gap.estimate.value ?? 0) - (a.gap.estimate.value ?? 0))[0];
  return (
    <EstimatePlot
      mark="dot"
      caption={
        worst
          ? say("classes.given", {
              class: worst.class,
              value: numbers.estimate(worst.gap.estimate, "share"),
              other: worst.gap.extremes?.[0] ?? "–",
              group: worst.gap.extremes?.[1] ?? "–",
            })
          : say("rates.few")
      }
      computed={say("classes.givenComputed")}
      first={20}
      rows={attribute.given.map((c) => ({
        label: c.class,
        estimates: [c.gap.estimate],
        extra: [numbers.format(c.gap.p_adjusted, "p"), c.gap.extremes?.join(" – ") ?? "–"],
      }))}
      extra={[say("gaps.p"), say("gaps.between")]}
      unit="share"
      rowTitle={say("classes.truth")}
      valueTitle={say("classes.distance")}
      limits={limitLines(limitOf(findings, "FAIR-LABEL-ERRORS"))}
    />
  );
}

/** Every class against all others. */
function OneVsRest({ attribute, namespace }: Omit<LabelProps, "findings">) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const [rate, setRate] = useState<RateId>("selection_rate");
  const gaps = attribute.classes.flatMap((c) => {
    const gap = c.gaps.find((g) => g.id === GAPS[rate]);
    return gap ? [{ class: c.class, gap }] : [];
  });
  const worst = gaps
    .filter((g) => g.gap.estimate.value !== null)
    .toSorted((a, b) => (b.gap.estimate.value ?? 0) - (a.gap.estimate.value ?? 0))[0];
  const shown = attribute.classes.slice(0, MOST_CLASSES);
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Segments
        label={say("rates.choose")}
        quietLabel
        size="sm"
        options={RATES.map((id) => ({ id, label: say(`short.${id}`) }))}
        value={rate}
        onChange={setRate}
      />
      <Pair>
        <GridMap
          caption={say("classes.rates", { rate: say(`rate.${rate}`) })}
          rows={attribute.groups.map((g) => g.group)}
          columns={shown.map((c) => c.class)}
          cells={attribute.groups.map((_, i) => shown.map((c) => c.groups[i]?.[rate] ?? unknown))}
          unit="share"
          rowTitle={say("rates.group")}
          columnTitle={say("classes.class")}
          valueTitle={say(`rate.${rate}`)}
        />
        <EstimatePlot
          mark="dot"
          caption={
            worst
              ? say("classes.worst", {
                  class: worst.class,
                  value: numbers.estimate(worst.gap.estimate, "points"),
                  low: worst.gap.extremes?.[0] ?? "–",
                  high: worst.gap.extremes?.[1] ?? "–",
                })
              : say("rates.few")
          }
          computed={say("gaps.computed")}
          first={20}
          rows={gaps.map((g) => ({
            label: g.class,
            estimates: [g.gap.estimate],
            extra: [
              numbers.format(g.gap.p_adjusted, "p"),
              g.gap.extremes?.join(" – ") ?? "–",
              numbers.format(g.gap.power_at_10, "share", 0),
              numbers.format(g.gap.detectable, "points"),
            ],
          }))}
          extra={[say("gaps.p"), say("gaps.between"), say("gaps.power"), say("gaps.detectable")]}
          unit="points"
          rowTitle={say("classes.class")}
          valueTitle={say("gaps.value")}
          limits={[{ kind: "reference", value: 0 }]}
        />
      </Pair>
    </div>
  );
}
