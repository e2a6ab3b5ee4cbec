import type { Estimate } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { Headline, Pair, Part } from "@/charts/headline";
import { AssociationHeatmap } from "@/charts/heatmap";
import { HistogramChart } from "@/charts/histogram";
import { limitLines } from "@/charts/marks";
import { useNumbers } from "@/charts/use-numbers";
import { addWords, useWords } from "@/charts/words";

import { limitOf, type StageProps } from "../props";
import { CellTable, Outliers } from "./cells";
import { ColumnShapes } from "./columns";
import { ColumnTable } from "./column-table";
import en from "./en.json";
import es from "./es.json";
import type { DataReport } from "./report";

const NAMESPACE = addWords("stage-data", { en, es });

const share = (value: number, n: number): Estimate => ({ value, low: null, high: null, n, method: "none" });

export default function DataStage({ report, findings }: StageProps<DataReport>) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const cells = report.rows * report.columns.length;
  const missing = report.columns.reduce((sum, c) => sum + c.missing, 0);
  return (
    <>
      <Headline
        facts={[
          { label: say("rows"), value: numbers.count(report.rows) },
          { label: say("columns"), value: numbers.count(report.columns.length) },
          {
            label: say("missingCells"),
            value: numbers.format(cells === 0 ? null : missing / cells, "share"),
            note: say("cellsOf", { n: numbers.count(missing) }),
          },
          {
            label: say("duplicates"),
            value: numbers.format(report.duplicate_share, "share"),
            note: say("rowsOf", { n: numbers.count(report.duplicate_rows) }),
          },
          {
            label: say("conflicts"),
            value: numbers.format(report.conflicting_share, "share"),
            note: say("rowsOf", { n: numbers.count(report.conflicting_rows) }),
          },
          ...(report.outlier_share === null
            ? []
            : [
                {
                  label: say("outlying"),
                  value: numbers.format(report.outlier_share, "share"),
                  note: say("rowsOf", { n: numbers.count(report.outlier_rows) }),
                },
              ]),
        ]}
      />
      <Part title={say("missing.title")}>
        <Missing {...{ report, findings }} />
      </Part>
      {(report.classes.length > 0 || report.target) && (
        <Part title={say("balance.title")}>
          <Balance {...{ report, findings }} />
        </Part>
      )}
      <Part title={say("shapes.title")}>
        <ColumnShapes columns={report.columns} namespace={NAMESPACE} />
      </Part>
      <Part title={say("outliers.title")}>
        <Outliers {...{ report, findings }} namespace={NAMESPACE} />
      </Part>
      <Part title={say("cells.title")}>
        <CellTable report={report} namespace={NAMESPACE} />
      </Part>
      <Part title={say("pairs.title")}>
        <Associations {...{ report, findings }} />
      </Part>
      <Part title={say("table.title")}>
        <ColumnTable columns={report.columns} namespace={NAMESPACE} />
      </Part>
    </>
  );
}

type PartProps = Pick<StageProps<DataReport>, "report" | "findings">;

const MOST = 20;

function Missing({ report, findings }: PartProps) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const gaps = report.columns.filter((c) => c.missing > 0).toSorted((a, b) => b.missing - a.missing);
  const worst = gaps[0];
  const all = numbers.count(report.columns.length);
  if (!worst) return <p className="text-base font-medium">{say("missing.none", { all })}</p>;
  return (
    <EstimatePlot
      mark="bar"
      caption={say("missing.caption", {
        count: numbers.count(gaps.length),
        all,
        column: worst.name,
        share: numbers.format(worst.missing_share, "share"),
      })}
      computed={say("missing.computed", { n: numbers.count(report.rows) })}
      first={MOST}
      rows={gaps.map((c) => ({ label: c.name, estimates: [share(c.missing_share, report.rows)] }))}
      unit="share"
      rowTitle={say("table.column")}
      valueTitle={say("missing.value")}
      limits={limitLines(limitOf(findings, "DATA-MISSING"))}
    />
  );
}

function Balance({ report, findings }: PartProps) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  if (report.target) {
    const n = report.target.counts.reduce((a, b) => a + b, 0);
    return (
      <HistogramChart
        caption={say("balance.regression", { n: numbers.count(n) })}
        histogram={report.target}
        xTitle={say("balance.target")}
      />
    );
  }
  const sorted = report.classes.toSorted((a, b) => b.count - a.count);
  const largest = sorted[0]!;
  const smallest = sorted.at(-1)!;
  return (
    <EstimatePlot
      mark="bar"
      caption={say("balance.caption", {
        largest: largest.class,
        most: numbers.format(largest.share, "share"),
        smallest: smallest.class,
        least: numbers.format(smallest.share, "share"),
      })}
      computed={say("balance.computed")}
      rows={report.classes.map((c) => ({ label: c.class, estimates: [share(c.share, c.count)] }))}
      unit="share"
      rowTitle={say("balance.title")}
      valueTitle={say("balance.value")}
      limits={limitLines(limitOf(findings, "DATA-MINORITY"))}
    />
  );
}

function Associations({ report, findings }: PartProps) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const top = report.associations[0];
  if (!top) return <p className="text-base font-medium">{say("pairs.none")}</p>;
  const limit = limitOf(findings, "DATA-CORRELATED");
  const method = (id: string) => say(`methods.${id}`);
  return (
    <Pair>
      <AssociationHeatmap
        caption={say("pairs.caption", {
          a: top.features[0],
          b: top.features[1],
          value: numbers.format(top.value, "ratio"),
          method: method(top.method),
          n: numbers.count(top.n),
        })}
        note={say("pairs.note")}
        computed={say("pairs.computed", {
          limit: numbers.format(limit?.watch ?? limit?.issue ?? 0.9, "ratio"),
        })}
        names={report.matrix.features}
        values={report.matrix.values}
      />
      <EstimatePlot
        mark="bar"
        caption={say("pairs.top")}
        first={12}
        rows={report.associations.map((pair) => ({
          label: pair.features.join(" · "),
          estimates: [share(pair.value, pair.n)],
          extra: [method(pair.method)],
        }))}
        unit="ratio"
        rowTitle={say("pairs.pair")}
        valueTitle={say("pairs.value")}
        extra={[say("pairs.method")]}
        limits={limitLines(limit)}
      />
    </Pair>
  );
}
