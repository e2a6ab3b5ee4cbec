import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Answer } from "@/api/Answer";
import type { Cell, RowReport } from "@/api/asked";
import { ErrorAlert } from "@/api/ErrorAlert";
import { Part } from "@/charts/headline";
import { useNumbers } from "@/charts/use-numbers";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { DetailSkeleton } from "@/ui/TableSkeleton";

import { type Edits, EMPTY, inputs, isListed, readEdits, written } from "./edits";
import { rowQuery, useWhatIf } from "./queries";
import { RowPicker, type RowProps } from "./RowPicker";
import { useCellWords } from "./RowView";
import { WhatIfAnswer } from "./WhatIfAnswer";

/** Inputs that are shown at first, most important for the row first. */
const FIRST = 12;
const NO_CURVE = "";

/** The row with other values: what the model would say then. */
export function WhatIfView(props: RowProps) {
  const query = useQuery(rowQuery(props.id, props.row - 1));
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <RowPicker {...props} />
      <Answer query={query} skeleton={<DetailSkeleton />}>
        {(report) => <Form key={`${props.id} ${report.row}`} id={props.id} report={report} />}
      </Answer>
    </div>
  );
}

function Form({ id, report }: { id: string; report: RowReport }) {
  const { t } = useTranslation("explore");
  const numbers = useNumbers();
  const cells = inputs(report);
  const [edits, setEdits] = useState<Edits>({});
  const [curve, setCurve] = useState<string>(cells[0]?.column ?? NO_CURVE);
  const [all, setAll] = useState(false);
  const whatIf = useWhatIf(id, report.row);
  const { changes, wrong } = readEdits(cells, edits);
  const count = Object.keys(changes).length;
  // What is changed stays in view when the others are folded.
  const shown = all ? cells : cells.filter((cell, i) => i < FIRST || edits[cell.column] !== undefined);
  return (
    <>
      <form
        className="card flex min-w-0 flex-col gap-4 px-4 py-4 sm:px-5"
        onSubmit={(event) => {
          event.preventDefault();
          if (wrong.length === 0) whatIf.mutate({ changes, feature: curve === NO_CURVE ? null : curve });
        }}
      >
        <p className="text-sm text-ink-muted">{t("whatIf.lead")}</p>
        <div className="grid min-w-0 gap-4 wrap-anywhere sm:grid-cols-2 xl:grid-cols-3">
          {shown.map((cell) => (
            <CellField
              key={cell.column}
              cell={cell}
              text={edits[cell.column] ?? written(cell)}
              isWrong={wrong.includes(cell.column)}
              onChange={(text) => setEdits({ ...edits, [cell.column]: text })}
            />
          ))}
        </div>
        {cells.length > FIRST ? (
          <Button size="sm" className="self-start" onPress={() => setAll(!all)}>
            {all
              ? t("whatIf.fewer")
              : t("whatIf.all", { count: cells.length, n: numbers.count(cells.length) })}
          </Button>
        ) : null}
        <div className="flex flex-wrap items-end gap-3">
          <Select
            label={t("whatIf.curve")}
            className="w-full sm:w-64"
            options={[
              { id: NO_CURVE, label: t("whatIf.noCurve") },
              ...cells.map((cell) => ({ id: cell.column, label: cell.column })),
            ]}
            value={curve}
            onChange={setCurve}
          />
          <Button type="submit" look="primary" isPending={whatIf.isPending} isDisabled={wrong.length > 0}>
            {count === 0 ? t("whatIf.ask") : t("whatIf.askChanged", { count })}
          </Button>
          <Button isDisabled={Object.keys(edits).length === 0} onPress={() => setEdits({})}>
            {t("whatIf.reset")}
          </Button>
        </div>
      </form>
      {whatIf.isError ? <ErrorAlert error={whatIf.error} /> : null}
      {whatIf.data ? (
        <WhatIfAnswer answer={whatIf.data} />
      ) : (
        <Part title={t("whatIf.title")}>
          <p className="text-ink-muted">{t("whatIf.notYet")}</p>
        </Part>
      )}
    </>
  );
}

interface CellFieldProps {
  cell: Cell;
  text: string;
  isWrong: boolean;
  onChange: (text: string) => void;
}

/** A field by the kind of its column: a choice where the values are few, else what is typed. */
function CellField({ cell, text, isWrong, onChange }: CellFieldProps) {
  const { t } = useTranslation("explore");
  const numbers = useNumbers();
  const words = useCellWords();
  if (isListed(cell)) {
    const values = cell.kind === "bool" ? ["true", "false"] : cell.choices;
    const label = (value: string) => (cell.kind === "bool" ? t(value === "true" ? "yes" : "no") : value);
    return (
      <Select
        label={cell.column}
        options={[
          ...values.map((value) => ({ id: value, label: label(value) })),
          { id: EMPTY, label: t("missing") },
        ]}
        value={text}
        onChange={onChange}
        help={t("whatIf.now", { value: words(cell) })}
      />
    );
  }
  const range =
    cell.low === null || cell.high === null
      ? ""
      : t("whatIf.range", {
          low: numbers.format(cell.low, "number"),
          high: numbers.format(cell.high, "number"),
        });
  return (
    <Field
      label={cell.column}
      {...(cell.kind === "text" ? {} : { inputMode: "decimal" as const })}
      value={text}
      onChange={onChange}
      help={[t("whatIf.now", { value: words(cell) }), range].filter(Boolean).join(" ")}
      error={isWrong ? t(cell.kind === "float" ? "whatIf.wrongNumber" : "whatIf.wrongWhole") : undefined}
    />
  );
}
