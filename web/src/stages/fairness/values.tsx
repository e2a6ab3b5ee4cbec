import type { Finding } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { type Fact, Headline, Pair, Part } from "@/charts/headline";
import { limitLines } from "@/charts/marks";
import type { Unit } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { useCatalogue } from "@/i18n/useCatalogue";
import { Table } from "@/ui/Table";

import { limitOf } from "../props";
import { useRemarks } from "./remarks";
import type { Gap, ValueFairness } from "./report";

interface ValueProps {
  attribute: ValueFairness;
  findings: Finding[];
  namespace: string;
}

const DISTANCES = ["prediction_wasserstein", "prediction_smd"];
const UNITS: Record<string, Unit> = { prediction_ks: "points", group_loss_excess: "share" };
const unitOf = (gap: Gap): Unit => UNITS[gap.id] ?? "number";

/** Predicted numbers and their errors by the groups of one attribute or intersection. */
export function ValueView({ attribute, findings, namespace }: ValueProps) {
  const say = useWords(namespace);
  const remarks = useRemarks(attribute, namespace);
  return (
    <>
      <Facts {...{ attribute, namespace }} />
      <Part title={say("values.title")} note={remarks}>
        <Pair>
          <Means {...{ attribute, namespace }} />
          <Distances {...{ attribute, findings, namespace }} />
        </Pair>
      </Part>
      <Part title={say("values.errors")}>
        <Errors {...{ attribute, namespace }} />
      </Part>
      <Part title={say("gaps.title")}>
        <GapTable {...{ attribute, namespace }} />
      </Part>
      <Part title={say("values.spread")}>
        <Quantiles {...{ attribute, namespace }} />
      </Part>
    </>
  );
}

function Facts({ attribute, namespace }: Omit<ValueProps, "findings">) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const { say: word } = useCatalogue();
  const fact = (id: string): Fact[] =>
    attribute.gaps
      .filter((g) => g.id === id)
      .map((g) => ({
        label: word(`metrics.${id}`),
        value: numbers.format(g.estimate.value, unitOf(g)),
        note: numbers.interval(g.estimate, unitOf(g)),
      }));
  return (
    <Headline
      facts={[
        ...fact("prediction_ks"),
        ...fact("prediction_smd"),
        ...fact("mae_diff"),
        ...fact("group_loss_excess"),
        { label: say("values.all"), value: numbers.format(attribute.mae, "number") },
      ]}
    />
  );
}

/** Mean prediction beside mean truth. */
function Means({ attribute, namespace }: Omit<ValueProps, "findings">) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const known = attribute.groups
    .filter((g) => g.prediction.value !== null)
    .toSorted((a, b) => (a.prediction.value ?? 0) - (b.prediction.value ?? 0));
  const [low, high] = [known[0], known.at(-1)];
  return (
    <EstimatePlot
      mark="dot"
      caption={
        low && high && low !== high
          ? say("values.means", {
              low: numbers.estimate(low.prediction, "number"),
              lowGroup: low.group,
              high: numbers.estimate(high.prediction, "number"),
              highGroup: high.group,
            })
          : say("rates.few")
      }
      note={say("values.meansNote")}
      rows={attribute.groups.map((g) => ({ label: g.group, estimates: [g.prediction, g.truth] }))}
      series={[say("values.prediction"), say("values.truth")]}
      unit="number"
      rowTitle={say("rates.group")}
      valueTitle={say("values.mean")}
    />
  );
}

/** How far predictions of groups are apart. */
function Distances({ attribute, findings, namespace }: ValueProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const { say: word } = useCatalogue();
  const gap = (id: string) => attribute.gaps.filter((g) => g.id === id);
  const [ks] = gap("prediction_ks");
  const extra = (g: Gap) => [
    numbers.format(g.p_adjusted, "p"),
    g.extremes?.join(" – ") ?? "–",
    numbers.format(g.power_at_10, "share", 0),
    numbers.format(g.detectable, unitOf(g)),
  ];
  const titles = [say("gaps.p"), say("gaps.between"), say("values.power"), say("gaps.detectable")];
  return (
    <div className="flex min-w-0 flex-col gap-7">
      {ks && (
        <EstimatePlot
          mark="dot"
          caption={say("values.ks", {
            value: numbers.estimate(ks.estimate, "points"),
            low: ks.extremes?.[0] ?? "–",
            high: ks.extremes?.[1] ?? "–",
          })}
          computed={say("values.computed")}
          rows={[{ label: word("metrics.prediction_ks"), estimates: [ks.estimate], extra: extra(ks) }]}
          extra={titles}
          unit="points"
          rowTitle={say("gaps.gap")}
          valueTitle={say("values.points")}
          limits={limitLines(limitOf(findings, "FAIR-PREDICTION-DISTANCE"))}
        />
      )}
      <EstimatePlot
        mark="dot"
        caption={say("values.distances")}
        rows={DISTANCES.flatMap(gap).map((g) => ({
          label: word(`metrics.${g.id}`),
          estimates: [g.estimate],
          extra: extra(g),
        }))}
        extra={titles}
        unit="number"
        rowTitle={say("gaps.gap")}
        valueTitle={say("values.sds")}
        limits={[{ kind: "reference", value: 0 }]}
      />
    </div>
  );
}

/** Whose predictions are less exact, and in which direction. */
function Errors({ attribute, namespace }: Omit<ValueProps, "findings">) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const excess = attribute.gaps.find((g) => g.id === "group_loss_excess");
  const residuals = attribute.groups.filter((g) => g.residual.value !== null);
  const size = (g: (typeof residuals)[number]) => Math.abs(g.residual.value ?? 0);
  const off = residuals.toSorted((a, b) => size(b) - size(a))[0];
  return (
    <Pair>
      <EstimatePlot
        mark="dot"
        caption={
          excess?.extremes
            ? say("values.worst", {
                group: excess.extremes[0],
                value: numbers.estimate(excess.estimate, "share"),
              })
            : say("rates.few")
        }
        computed={say("values.errorsComputed")}
        rows={attribute.groups.map((g) => ({ label: g.group, estimates: [g.mae, g.rmse] }))}
        series={[say("values.mae"), say("values.rmse")]}
        unit="number"
        rowTitle={say("rates.group")}
        valueTitle={say("values.error")}
        limits={[{ kind: "reference", value: attribute.mae }]}
      />
      <EstimatePlot
        mark="dot"
        caption={
          off
            ? say((off.residual.value ?? 0) > 0 ? "values.under" : "values.over", {
                group: off.group,
                value: numbers.estimate(off.residual, "number"),
              })
            : say("rates.few")
        }
        rows={attribute.groups.map((g) => ({ label: g.group, estimates: [g.residual] }))}
        unit="number"
        rowTitle={say("rates.group")}
        valueTitle={say("values.residual")}
        limits={[{ kind: "reference", value: 0 }]}
      />
    </Pair>
  );
}

function GapTable({ attribute, namespace }: Omit<ValueProps, "findings">) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const { say: word } = useCatalogue();
  return (
    <Table
      label={say("gaps.title")}
      dense
      className="rounded-lg border border-line"
      rows={attribute.gaps}
      rowKey={(g) => g.id}
      columns={[
        { id: "gap", header: say("gaps.gap"), rowHeader: true, cell: (g) => word(`metrics.${g.id}`) },
        {
          id: "value",
          header: say("values.size"),
          numeric: true,
          cell: (g) => numbers.estimate(g.estimate, unitOf(g)),
        },
        {
          id: "p",
          header: say("gaps.p"),
          numeric: true,
          cell: (g) => numbers.format(g.p_adjusted, "p"),
        },
        { id: "between", header: say("gaps.between"), cell: (g) => g.extremes?.join(" – ") ?? "–" },
        {
          id: "detectable",
          header: say("gaps.detectable"),
          numeric: true,
          cell: (g) => numbers.format(g.detectable, unitOf(g)),
        },
      ]}
    />
  );
}

const QUANTILES = ["5 %", "25 %", "50 %", "75 %", "95 %"];

function Quantiles({ attribute, namespace }: Omit<ValueProps, "findings">) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  return (
    <Table
      label={say("values.quantiles", { attribute: attribute.attribute })}
      dense
      className="rounded-lg border border-line"
      rows={attribute.groups}
      rowKey={(g) => g.group}
      columns={[
        { id: "group", header: say("rates.group"), rowHeader: true, cell: (g) => g.group },
        { id: "n", header: say("counts.n"), numeric: true, cell: (g) => numbers.count(g.n) },
        {
          id: "share",
          header: say("counts.share"),
          numeric: true,
          cell: (g) => numbers.format(g.share, "share", 1),
        },
        ...QUANTILES.map((title, i) => ({
          id: title,
          header: title,
          numeric: true,
          cell: (g: ValueFairness["groups"][number]) => numbers.format(g.quantiles[i], "number"),
        })),
        {
          id: "remark",
          header: say("counts.remark"),
          cell: (g) => (g.small ? say("counts.small") : ""),
        },
      ]}
    />
  );
}
