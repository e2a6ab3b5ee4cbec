import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { Answer } from "@/api/Answer";
import type { Cell, RowReport } from "@/api/asked";
import { Headline, Part } from "@/charts/headline";
import { useNumbers } from "@/charts/use-numbers";
import { Badge } from "@/ui/Badge";
import { Table } from "@/ui/Table";
import { DetailSkeleton } from "@/ui/TableSkeleton";

import { EffectPart } from "./EffectPart";
import { Explained, useAnswerFacts } from "./Explained";
import { rowQuery } from "./queries";
import { RowPicker, type RowProps } from "./RowPicker";

/** One row: what the model says about it, why, what one column does to it, and its values. */
export function RowView(props: RowProps) {
  const query = useQuery(rowQuery(props.id, props.row - 1));
  const [feature, setFeature] = useState<string | null>(null);
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <RowPicker {...props} />
      <Answer query={query} skeleton={<DetailSkeleton />}>
        {(report) => (
          <Report report={report}>
            <EffectPart id={props.id} report={report} feature={feature} onFeature={setFeature} />
          </Report>
        )}
      </Answer>
    </div>
  );
}

function Report({ report, children }: { report: RowReport; children: ReactNode }) {
  const { t } = useTranslation("explore");
  const facts = useAnswerFacts();
  return (
    <>
      <Headline facts={[...facts(report.answer), { label: t("answer.truth"), value: report.truth }]} />
      <Part title={t("explained.title")}>
        <Explained explanation={report.explanation} row={report.row + 1} />
      </Part>
      {children}
      <Part title={t("cells.title")}>
        <Cells cells={report.cells} />
      </Part>
    </>
  );
}

/** A cell as a person reads it. */
export function useCellWords(): (cell: Pick<Cell, "value">) => string {
  const { t } = useTranslation("explore");
  const numbers = useNumbers();
  return ({ value }) => {
    if (value === null) return t("missing");
    if (typeof value === "boolean") return t(value ? "yes" : "no");
    // As it stands in the table: no digit is rounded away.
    return typeof value === "number"
      ? new Intl.NumberFormat(numbers.language, { maximumFractionDigits: 20, useGrouping: false }).format(
          value,
        )
      : value;
  };
}

function Cells({ cells }: { cells: Cell[] }) {
  const { t } = useTranslation("explore");
  const words = useCellWords();
  return (
    <Table
      dense
      label={t("cells.title")}
      rows={cells}
      rowKey={(cell) => cell.column}
      columns={[
        {
          id: "column",
          header: t("cells.column"),
          rowHeader: true,
          cell: (cell) => <span className="wrap-anywhere">{cell.column}</span>,
        },
        {
          id: "value",
          header: t("cells.value"),
          cell: (cell) => <span className="wrap-anywhere">{words(cell)}</span>,
        },
        {
          id: "input",
          header: t("cells.input"),
          cell: (cell) => (cell.input ? <Badge look="plain" label={t("cells.isInput")} /> : null),
        },
      ]}
    />
  );
}
