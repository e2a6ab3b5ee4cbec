import { useTranslation } from "react-i18next";

import type { Comparison, Hits, MetricChange } from "@/api/comparison";
import { EstimatePlot } from "@/charts/estimates";
import { Headline, Part } from "@/charts/headline";
import { digitsOf } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { useCatalogue } from "@/i18n/useCatalogue";
import { Table } from "@/ui/Table";

import { ChangeBadge } from "./ChangeBadge";

/** All metrics of both; of classifiers, whose metrics share a scale, also as a picture. */
export function MetricsPart({ comparison }: { comparison: Comparison }) {
  const { t } = useTranslation("compare");
  const { metrics } = comparison;
  return (
    <Part title={t("metrics.title")} note={t("metrics.note")}>
      {comparison.task === "regression" ? null : <Picture metrics={metrics} />}
      <MetricsTable metrics={metrics} />
    </Part>
  );
}

function Picture({ metrics }: { metrics: MetricChange[] }) {
  const { t } = useTranslation("compare");
  const { say } = useCatalogue();
  const numbers = useNumbers();
  const sure = metrics.filter((m) => m.change !== "unclear" && m.difference.value !== null);
  const most = sure.toSorted(
    (a, b) => Math.abs(b.difference.value ?? 0) - Math.abs(a.difference.value ?? 0),
  )[0];
  return (
    <EstimatePlot
      mark="dot"
      unit="number"
      caption={
        most
          ? t("metrics.caption", {
              metric: say(`metrics.${most.id}`),
              old: numbers.format(most.old, "number", 3),
              new: numbers.format(most.new, "number", 3),
              change: t(`change.${most.change}`),
            })
          : t("metrics.captionNone")
      }
      rows={metrics.map((m) => ({
        label: m.higher_is_better
          ? say(`metrics.${m.id}`)
          : t("metrics.loss", { metric: say(`metrics.${m.id}`) }),
        estimates: [m.difference],
        marked: m.change === "worse",
        extra: [numbers.format(m.old, "number", 3), numbers.format(m.new, "number", 3)],
      }))}
      extra={[t("metrics.old"), t("metrics.new")]}
      rowTitle={t("metrics.metric")}
      valueTitle={t("metrics.difference")}
      limits={[{ kind: "reference", value: 0 }]}
      markedLabel={t("change.worse")}
      computed={t("metrics.computed")}
    />
  );
}

function MetricsTable({ metrics }: { metrics: MetricChange[] }) {
  const { t } = useTranslation("compare");
  const { say } = useCatalogue();
  const numbers = useNumbers();
  const digits = (m: MetricChange) => digitsOf([m.difference], "number");
  return (
    <Table
      dense
      label={t("metrics.table")}
      rows={metrics}
      rowKey={(m) => m.id}
      columns={[
        { id: "metric", header: t("metrics.metric"), rowHeader: true, cell: (m) => say(`metrics.${m.id}`) },
        {
          id: "old",
          header: t("metrics.old"),
          numeric: true,
          cell: (m) => numbers.format(m.old, "number", digits(m)),
        },
        {
          id: "new",
          header: t("metrics.new"),
          numeric: true,
          cell: (m) => numbers.format(m.new, "number", digits(m)),
        },
        {
          id: "difference",
          header: t("metrics.difference"),
          numeric: true,
          cell: (m) => numbers.format(m.difference.value, "number", digits(m)),
        },
        {
          id: "interval",
          header: t("metrics.interval"),
          numeric: true,
          className: "whitespace-nowrap",
          cell: (m) => numbers.interval(m.difference, "number"),
        },
        { id: "p", header: "p", numeric: true, cell: (m) => numbers.format(m.p_value, "p") },
        { id: "change", header: t("metrics.evidence"), cell: (m) => <ChangeBadge change={m.change} /> },
      ]}
    />
  );
}

/** Rows by which of the two gets them right. */
export function HitsPart({ hits }: { hits: Hits }) {
  const { t } = useTranslation("compare");
  const numbers = useNumbers();
  const all = hits.both + hits.only_old + hits.only_new + hits.neither;
  const fact = (label: string, n: number) => ({
    label,
    value: numbers.count(n),
    note: numbers.format(all > 0 ? n / all : null, "share"),
  });
  const test = t(hits.exact ? "hits.exact" : "hits.test", { p: numbers.format(hits.p_value, "p") });
  return (
    <Part title={t("hits.title")} note={test}>
      <Headline
        facts={[
          fact(t("hits.both"), hits.both),
          fact(t("hits.onlyOld"), hits.only_old),
          fact(t("hits.onlyNew"), hits.only_new),
          fact(t("hits.neither"), hits.neither),
        ]}
      />
    </Part>
  );
}
