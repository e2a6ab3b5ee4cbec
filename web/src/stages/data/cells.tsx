import { EstimatePlot } from "@/charts/estimates";
import { limitLines } from "@/charts/marks";
import type { Numbers } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { type Say, useWords } from "@/charts/words";
import { Table } from "@/ui/Table";

import { limitOf, type StageProps } from "../props";
import { counted } from "./column-table";
import type { ColumnProfile, DataReport } from "./report";

type OutlierProps = Pick<StageProps<DataReport>, "report" | "findings"> & { namespace: string };

const MOST = 12;

/** The share of each column's numbers that lie far from the rest. */
export function Outliers({ report, findings, namespace }: OutlierProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const shares = report.columns
    .flatMap((c) => {
      const n = report.rows - c.missing - (c.numbers?.infinite ?? 0);
      return c.numbers && n > 0 ? [{ name: c.name, n, cells: c.numbers.outliers }] : [];
    })
    .toSorted((a, b) => b.cells / b.n - a.cells / a.n);
  const outlying = shares.filter((c) => c.cells > 0);
  const worst = outlying[0];
  if (!worst) return <p className="text-base font-medium">{say("outliers.none")}</p>;
  return (
    <EstimatePlot
      mark="bar"
      caption={say("outliers.caption", {
        count: numbers.count(outlying.length),
        all: numbers.count(shares.length),
        column: worst.name,
        share: numbers.format(worst.cells / worst.n, "share"),
      })}
      computed={say("shapes.computed")}
      first={MOST}
      rows={outlying.map((c) => ({
        label: c.name,
        estimates: [{ value: c.cells / c.n, low: null, high: null, n: c.n, method: "none" }],
      }))}
      unit="share"
      rowTitle={say("table.column")}
      valueTitle={say("outliers.value")}
      limits={limitLines(limitOf(findings, "DATA-OUTLIERS"))}
    />
  );
}

interface Oddity {
  column: string;
  what: string;
  cells: number;
  present: number;
  examples: string;
}

/** How the cells of text columns are written where that is odd, and how many there are. */
export function CellTable({ report, namespace }: { report: DataReport; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const rows = report.columns.flatMap((c) => oddities(c, report.rows - c.missing, say, numbers));
  if (rows.length === 0) return <p className="text-base font-medium">{say("cells.none")}</p>;
  return (
    <Table
      label={say("cells.title")}
      dense
      className="rounded-lg border border-line"
      rows={rows}
      rowKey={(r) => `${r.column} ${r.what}`}
      columns={[
        {
          id: "column",
          header: say("table.column"),
          rowHeader: true,
          className: "font-medium",
          cell: (r) => r.column,
        },
        { id: "what", header: say("cells.what"), cell: (r) => r.what },
        { id: "cells", header: say("cells.cells"), numeric: true, cell: (r) => numbers.count(r.cells) },
        {
          id: "share",
          header: say("cells.share"),
          numeric: true,
          cell: (r) => numbers.format(r.cells / r.present, "share"),
        },
        {
          id: "examples",
          header: say("cells.examples"),
          className: "min-w-56 whitespace-normal text-ink-muted",
          cell: (r) => r.examples,
        },
      ]}
    />
  );
}

function oddities(c: ColumnProfile, present: number, say: Say, numbers: Numbers): Oddity[] {
  const found: [number, string, string][] = [
    [c.variant_cells, "variants", c.case_variants.map((g) => g.join(" = ")).join("; ")],
    [c.symbols_only, "symbols", ""],
    [sum(c.hidden_missing), "hidden", counted(c.hidden_missing, numbers)],
    [c.numeric_like, "numbers", ""],
  ];
  return found.flatMap(([n, id, examples]) =>
    n > 0 ? [{ column: c.name, what: say(`cells.kinds.${id}`), cells: n, present, examples }] : [],
  );
}

const sum = (counts: [string, number][]) => counts.reduce((all, [, n]) => all + n, 0);
